import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteSource } from '../byte-source.ts';
import { type BlobCipher, BlobDamaged, CHUNK, type Keyring, TAG } from '../crypto/index.ts';
import { Problem } from '../errors.ts';

/** Layout: mark (4) ‖ nonce (16) ‖ binding (16) ‖ chunks. The binding is written last: what broke off on the way does not open. */
const MARK = Buffer.from('BHF1');
const NONCE = 16;
const HEADER = MARK.length + NONCE + TAG;

/**
 * Encrypts a stream into a new file and hashes what went in.
 * @param check is told the size so far, and throws to break off
 */
export async function writeSealed(
  path: string,
  stream: Readable,
  keyring: Keyring,
  check: (size: number) => void,
): Promise<{ size: number; sha256: string }> {
  const nonce = randomBytes(NONCE);
  const cipher = keyring.blob(nonce);
  const hash = createHash('sha256');
  let size = 0;
  let index = 0;
  let pending: Buffer[] = [];
  let waiting = 0;
  const file = await open(path, 'wx', 0o600);
  const writeChunks = async (everything: boolean): Promise<void> => {
    const all = Buffer.concat(pending);
    let at = 0;
    while (all.length - at >= CHUNK || (everything && at < all.length)) {
      await file.writeFile(cipher.seal(index++, all.subarray(at, at + CHUNK)));
      at += CHUNK;
    }
    pending = at < all.length ? [all.subarray(at)] : [];
    waiting = Math.max(0, all.length - at);
  };
  try {
    await file.writeFile(Buffer.concat([MARK, nonce, Buffer.alloc(TAG)]));
    // Leaving the loop early destroys the source.
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      check(size);
      hash.update(bytes);
      pending.push(bytes);
      waiting += bytes.length;
      if (waiting >= CHUNK) await writeChunks(false);
    }
    await writeChunks(true);
    const sha256 = hash.digest('hex');
    await file.write(cipher.bind(sha256, size), 0, TAG, MARK.length + NONCE);
    await file.sync();
    return { size, sha256 };
  } finally {
    await file.close();
  }
}

/**
 * Opens what {@link writeSealed} wrote.
 * @throws Problem file_damaged here when header or length were changed, or the key is another; while reading when a chunk was
 */
export async function openSealed(
  path: string,
  keyring: Keyring,
  { sha256, size }: { sha256: string; size: number },
): Promise<ByteSource> {
  const file = await open(path);
  let cipher: BlobCipher;
  try {
    const header = await readAt(file, 0, HEADER);
    const nonce = header.subarray(MARK.length, MARK.length + NONCE);
    cipher = keyring.blob(Buffer.from(nonce));
    const whole = HEADER + size + Math.ceil(size / CHUNK) * TAG;
    const bound =
      header.length === HEADER &&
      header.subarray(0, MARK.length).equals(MARK) &&
      timingSafeEqual(header.subarray(MARK.length + NONCE), cipher.bind(sha256, size));
    if (!bound || (await file.stat()).size !== whole) throw fileDamaged();
  } finally {
    await file.close();
  }

  // Archives are read in many small steps that stay within one chunk.
  let last: { index: number; plain: Buffer } | null = null;
  async function chunkAt(handle: FileHandle, index: number): Promise<Buffer> {
    if (last?.index === index) return last.plain;
    const length = Math.min(CHUNK, size - index * CHUNK) + TAG;
    const plain = cipher.open(index, await readAt(handle, HEADER + index * (CHUNK + TAG), length));
    last = { index, plain };
    return plain;
  }
  async function* plainBytes(start: number, end: number): AsyncGenerator<Buffer> {
    const handle = await open(path);
    try {
      for (let at = start; at < end; ) {
        const index = Math.floor(at / CHUNK);
        const from = index * CHUNK;
        const plain = await chunkAt(handle, index);
        const piece = plain.subarray(at - from, Math.min(end - from, plain.length));
        yield piece;
        at += piece.length;
      }
    } finally {
      await handle.close();
    }
  }
  async function* named(bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* bytes;
    } catch (error) {
      throw error instanceof BlobDamaged ? fileDamaged(error) : error;
    }
  }
  return {
    size,
    stream: (start = 0, end = size) =>
      Readable.from(named(plainBytes(start, Math.min(end, size))), { objectMode: false, highWaterMark: CHUNK }),
  };
}

export function fileDamaged(cause?: unknown): Problem {
  const problem = new Problem(
    410,
    'file_damaged',
    '文件在服务器上已损坏或被改动，不能使用。请重新上传，并联系系统管理员',
  );
  problem.cause = cause;
  return problem;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
