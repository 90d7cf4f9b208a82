import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileTypeFromFile } from 'file-type';
import { openPromise } from 'yauzl';
import { DOCX, XLSX } from './accepted.ts';

const LOOK_AT = 64 * 1024;
const BINARY = 'application/octet-stream';

/** The type by content. The name only decides between kinds of plain text, which look the same. */
export async function sniff(path: string, name: string): Promise<string> {
  const found = await fileTypeFromFile(path);
  if (found?.mime === 'application/zip') return (await officeType(path)) ?? found.mime;
  if (found?.mime === 'image/heif' || found?.mime === 'image/heic-sequence') return 'image/heic';
  if (found) return found.mime;
  if (!(await looksLikeText(path))) return BINARY;
  return TEXT_TYPES[extname(name).toLowerCase()] ?? 'text/plain';
}

const TEXT_TYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
};

/** Office files whose entries come in an unusual order are told apart by their table of contents. */
async function officeType(path: string): Promise<string | undefined> {
  let zip: Awaited<ReturnType<typeof openPromise>>;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch {
    return undefined;
  }
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === 'xl/workbook.xml') return XLSX;
      if (entry.fileName === 'word/document.xml') return DOCX;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    zip.close();
  }
}

async function looksLikeText(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOK_AT), 0, LOOK_AT, 0);
    const head = buffer.subarray(0, bytesRead);
    const utf16 = bytesRead >= 2 && (head.readUInt16LE(0) === 0xfeff || head.readUInt16LE(0) === 0xfffe);
    return utf16 || !head.includes(0);
  } finally {
    await file.close();
  }
}
