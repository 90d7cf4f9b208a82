import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileTypeFromStream } from 'file-type';
import type { ByteSource } from '../byte-source.ts';
import { openZip } from '../open-zip.ts';
import { DOCX, XLSX } from './accepted.ts';

const LOOK_AT = 64 * 1024;
const BINARY = 'application/octet-stream';

/** The type by content. The name only decides between kinds of plain text, which look the same. */
export async function sniff(source: ByteSource, name: string): Promise<string> {
  const found = await fileTypeFromStream(Readable.toWeb(source.stream()));
  if (found?.mime === 'application/zip') return (await officeType(source)) ?? found.mime;
  if (found?.mime === 'image/heif' || found?.mime === 'image/heic-sequence') return 'image/heic';
  if (found) return found.mime;
  if (!(await looksLikeText(source))) return BINARY;
  return TEXT_TYPES[extname(name).toLowerCase()] ?? 'text/plain';
}

const TEXT_TYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
};

/** Office files whose entries come in an unusual order are told apart by their table of contents. */
async function officeType(source: ByteSource): Promise<string | undefined> {
  let zip: Awaited<ReturnType<typeof openZip>>;
  try {
    zip = await openZip(source);
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

async function looksLikeText(source: ByteSource): Promise<boolean> {
  const head = await buffer(source.stream(0, Math.min(LOOK_AT, source.size)));
  const utf16 = head.length >= 2 && (head.readUInt16LE(0) === 0xfeff || head.readUInt16LE(0) === 0xfffe);
  return utf16 || !head.includes(0);
}
