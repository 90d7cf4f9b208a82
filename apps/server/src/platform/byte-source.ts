import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** A content that can be read more than once and from anywhere, wherever and however it is kept. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `start` to before `end`; without them all. */
  stream(start?: number, end?: number): Readable;
}

/** A file as it lies there. */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return {
    size,
    // `end` of a read stream is the last byte itself.
    stream: (start = 0, end = size) => createReadStream(path, { start, end: end - 1, highWaterMark: 256 * 1024 }),
  };
}
