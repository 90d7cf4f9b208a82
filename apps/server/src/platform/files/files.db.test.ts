import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import type { FilePurpose } from '../deps.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** Word's parts in an order that hides the kind from a look at the beginning. */
const DOCX = Buffer.from(
  zipSync({ 'a.bin': new Uint8Array(5000).fill(7), 'word/document.xml': Buffer.from('<w:document/>') }),
);
const ZIP = Buffer.from(zipSync({ 'readme.txt': Buffer.from('hello') }));
const HEIC = Buffer.from([0, 0, 0, 24, ...Buffer.from('ftypheic'), 0, 0, 0, 0, ...Buffer.from('mif1heic')]);

function put(content: Buffer | Buffer[], name = 'x.bin', purpose: FilePurpose = 'evidence', maxBytes = 1_000_000) {
  return t.deps.files.put({
    stream: Readable.from(Array.isArray(content) ? content : [content]),
    name,
    purpose,
    maxBytes,
    createdBy: null,
  });
}

describe('a file', () => {
  test('is kept byte for byte under its content hash', async () => {
    const stored = await put([PNG.subarray(0, 20), PNG.subarray(20)], '现场.png');
    expect(stored).toMatchObject({ name: '现场.png', mime: 'image/png', size: PNG.length });
    const { path } = await t.deps.files.get(stored.id);
    expect(path).toBe(join(t.deps.config.dataDir, 'files', stored.sha256.slice(0, 2), stored.sha256.slice(2)));
    expect(await readFile(path)).toEqual(PNG);
  });

  test('stored twice, also at once, has one blob and two records', async () => {
    const [a, b] = await Promise.all([put(PNG, 'a.png'), put(PNG, 'b.png')]);
    expect(a.id).not.toBe(b.id);
    expect((await t.deps.files.get(a.id)).path).toBe((await t.deps.files.get(b.id)).path);
    expect((await t.deps.files.get(b.id)).name).toBe('b.png');
  });

  test.each([
    [PNG, 'photo.exe', 'image/png'],
    [HEIC, 'IMG_1.HEIC', 'image/heic'],
    [Buffer.from('%PDF-1.7\n%\u00e2\n'), 'a.txt', 'application/pdf'],
    [DOCX, 'a.zip', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    [Buffer.from('工单编号,标题\n1,噪音\n'), 'a.csv', 'text/csv'],
    [Buffer.from([0xd4, 0xeb, 0xd2, 0xf4]), '噪音.txt', 'text/plain'],
  ])('is known by its content, not by its name (%#)', async (content, name, mime) => {
    expect((await put(content, name)).mime).toBe(mime);
  });

  test.each([
    [ZIP, 'evidence.jpg', 'evidence'],
    [Buffer.from('MZ\u0000\u0000binary'), 'photo.jpg', 'evidence'],
    [Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.png', 'evidence'],
    [PNG, '表.xlsx', 'import'],
  ] as [
    Buffer,
    string,
    FilePurpose,
  ][])('of a kind not accepted is refused whatever its name (%#)', async (content, name, purpose) => {
    await expect(put(content, name, purpose)).rejects.toMatchObject({ status: 415, code: 'unsupported_file' });
  });

  test('that is empty or too large is refused, and nothing of it stays', async () => {
    await expect(put(Buffer.alloc(0))).rejects.toMatchObject({ status: 400, code: 'empty_file' });
    await expect(put(Buffer.alloc(2001, 'a'), 'a.txt', 'evidence', 2000)).rejects.toMatchObject({
      status: 413,
      code: 'too_large',
    });
    expect((await put(Buffer.alloc(2000, 'a'), 'a.txt', 'evidence', 2000)).size).toBe(2000);
    expect(await readdir(join(t.deps.config.dataDir, 'files/incoming'))).toEqual([]);
  });

  test('has a name without folders, control characters and tricks of writing direction', async () => {
    expect((await put(PNG, '../../etc/a\u0000b\u202e.png')).name).toBe('ab.png');
    expect((await put(PNG, 'C:\\照片\\现场.png')).name).toBe('现场.png');
    expect((await put(PNG, `${'长'.repeat(300)}.png`)).name).toHaveLength(200);
  });
});
