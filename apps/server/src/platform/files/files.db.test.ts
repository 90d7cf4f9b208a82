import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import type { FilePurpose } from '../deps.ts';
import { openSheet, writeSheet } from '../spreadsheet/index.ts';
import { blobPaths } from './index.ts';

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

const contentOf = async (id: string) => buffer((await t.deps.files.get(id)).content.stream());
const blobNames = async (sha256: string) =>
  (await readdir(join(t.deps.config.dataDir, 'files', sha256.slice(0, 2)))).filter((name) =>
    name.startsWith(sha256.slice(2)),
  );

describe('a file', () => {
  test('is kept byte for byte under its content hash', async () => {
    const stored = await put([PNG.subarray(0, 20), PNG.subarray(20)], '现场.png');
    expect(stored).toMatchObject({ name: '现场.png', mime: 'image/png', size: PNG.length });
    expect(stored.sha256).toBe(createHash('sha256').update(PNG).digest('hex'));
    expect(await contentOf(stored.id)).toEqual(PNG);
  });

  test('stored twice, also at once, has one blob and two records', async () => {
    const [a, b] = await Promise.all([put(PNG, 'a.png'), put(PNG, 'b.png')]);
    expect(a.id).not.toBe(b.id);
    expect(a.sha256).toBe(b.sha256);
    expect(await blobNames(a.sha256)).toEqual([`${a.sha256.slice(2)}.sealed`]);
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

describe('at rest', () => {
  const PHONE = '13912345678';
  const CSV = Buffer.from(`工单编号,电话\n${Array.from({ length: 20_000 }, (_, i) => `${i},${PHONE}`).join('\n')}\n`);
  const pathOf = (sha256: string) => blobPaths(t.deps.config.dataDir, sha256).sealed;
  const damaged = { status: 410, code: 'file_damaged' };

  test('nothing of the content can be read from the disk, neither when kept nor while it comes in', async () => {
    let whileComing = Buffer.alloc(0);
    async function* slowly() {
      yield CSV.subarray(0, 200_000);
      const folder = join(t.deps.config.dataDir, 'files/incoming');
      // What came first is on the disk by now.
      for (let tries = 0; whileComing.length < 100_000 && tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        for (const name of await readdir(folder)) whileComing = await readFile(join(folder, name));
      }
      yield CSV.subarray(200_000);
    }
    const stored = await t.deps.files.put({
      stream: Readable.from(slowly()),
      name: 'a.csv',
      purpose: 'import',
      maxBytes: 1_000_000,
      createdBy: null,
    });
    expect(whileComing.length).toBeGreaterThan(100_000);
    expect(whileComing.includes(PHONE)).toBe(false);
    const kept = await readFile(pathOf(stored.sha256));
    expect(kept.includes(PHONE)).toBe(false);
    expect(kept.includes('工单编号')).toBe(false);
    expect(await contentOf(stored.id)).toEqual(CSV);
  });

  test.each([
    0, 1, 65_535, 65_536, 65_537, 131_072, 200_001,
  ])('any part can be read by itself, from byte %i', async (at) => {
    const bytes = randomBytes(262_144 + 77);
    const { id } = await put(Buffer.concat([Buffer.from('%PDF-1.7\n'), bytes]), 'a.pdf');
    const { content, size } = await t.deps.files.get(id);
    const whole = Buffer.concat([Buffer.from('%PDF-1.7\n'), bytes]);
    expect(size).toBe(whole.length);
    for (const end of [at, at + 1, at + 65_536, size, size + 10])
      expect(await buffer(content.stream(at, end))).toEqual(whole.subarray(at, end));
  });

  test('a byte changed anywhere, a file cut short, or another put in its place is noticed and said', async () => {
    const { id, sha256 } = await put(CSV, 'a.csv');
    const other = await put(Buffer.from(CSV.map((byte) => (byte === 0x31 ? 0x32 : byte))), 'b.csv');
    const path = pathOf(sha256);
    const good = await readFile(path);
    for (const at of [0, 5, 25, 36, 40_000, good.length - 1]) {
      const changed = Buffer.from(good);
      changed[at] = changed[at]! ^ 1;
      await writeFile(path, changed);
      const reading = t.deps.files.get(id).then((file) => file.verify());
      await expect(reading, `byte ${at}`).rejects.toMatchObject(damaged);
      await expect(contentOf(id), `byte ${at}`).rejects.toMatchObject(damaged);
    }
    await writeFile(path, good);
    await truncate(path, good.length - 65_552);
    await expect(t.deps.files.get(id)).rejects.toMatchObject(damaged);
    await copyFile(pathOf(other.sha256), path);
    await expect(t.deps.files.get(id)).rejects.toMatchObject(damaged);
    await rm(path);
    await expect(t.deps.files.get(id)).rejects.toMatchObject({ status: 410, code: 'file_lost' });
  });

  test('a changed byte in a workbook is named as that, not as a broken export', async () => {
    const chunks: Buffer[] = [];
    const out = new PassThrough();
    out.on('data', (chunk: Buffer) => chunks.push(chunk));
    const rows = Array.from({ length: 20_000 }, (_, i) => [`A${i}`, randomBytes(12).toString('hex')]);
    await writeSheet(out, { columns: [{ header: '工单编号' }, { header: '内容' }], rows });
    const { id, sha256 } = await put(Buffer.concat(chunks), 'a.xlsx', 'import', 5_000_000);
    const read = async () => {
      let n = 0;
      for await (const _ of (await openSheet((await t.deps.files.get(id)).content)).rows()) n++;
      return n;
    };
    expect(await read()).toBe(20_001);
    const path = pathOf(sha256);
    const changed = await readFile(path);
    changed[100_000] = changed[100_000]! ^ 1;
    await writeFile(path, changed);
    await expect(read()).rejects.toMatchObject(damaged);
  });

  test('a file kept before files were encrypted is still read, and encrypted when it comes again', async () => {
    const { id, sha256 } = await put(PNG, 'a.png');
    const { sealed, plain } = blobPaths(t.deps.config.dataDir, sha256);
    await rm(sealed);
    await mkdir(dirname(plain), { recursive: true });
    await writeFile(plain, PNG);
    const file = await t.deps.files.get(id);
    expect(await buffer(file.content.stream())).toEqual(PNG);
    await file.verify();
    await writeFile(plain, Buffer.from(PNG.map((byte, at) => (at === 60 ? byte ^ 1 : byte))));
    await expect(file.verify()).rejects.toMatchObject(damaged);
    await put(PNG, 'b.png');
    await expect(stat(plain)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await contentOf(id)).toEqual(PNG);
  });
});
