import { PassThrough } from 'node:stream';
import type { SHEET_FORMATS } from '@bihuan/contract/dictionary';
import type { FastifyReply } from 'fastify';
import { type SheetContent, writeCsv, writeSheet } from '../../platform/spreadsheet/index.ts';

const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

/** Streams a table as the answer. @param name without extension */
export async function sendSheet(
  reply: FastifyReply,
  name: string,
  format: keyof typeof SHEET_FORMATS,
  content: SheetContent,
): Promise<undefined> {
  const out = new PassThrough();
  const write = format === 'csv' ? writeCsv : writeSheet;
  // An error destroys the stream, which breaks off the answer: no half file looks whole.
  write(out, content).catch((error: Error) => reply.log.error(error, 'table broke off'));
  await reply
    .header('content-type', TYPES[format])
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${name}.${format}`)}`)
    .send(out);
  return undefined;
}
