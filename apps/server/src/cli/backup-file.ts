import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CommandFailure, EXIT } from './failure.ts';

/** A backup is a gzipped tar: parts of tables, files, and last `manifest.json` with the digest of every entry. */
export const MANIFEST = 'manifest.json';
/** Ends the name of an encrypted file's entry; without it the content is as it was uploaded. */
export const SEALED = '.sealed';
export const FORMAT = 'bihuan-backup/1';

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly madeAt: string;
  readonly schema: string;
  readonly migrations: readonly { readonly name: string; readonly sha256: string }[];
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[]; readonly rows: number }[];
  readonly sequences: Readonly<Record<string, number>>;
  /** Name of each entry before the manifest → SHA-256. */
  readonly entries: Readonly<Record<string, string>>;
}

const BLOCK = 512;

/** Writes entries one after another; an entry's content is at hand when it is added, so keep entries small. */
export class BackupWriter {
  readonly #gzip = createGzip({ level: 6 });
  readonly #done: Promise<void>;
  readonly entries: Record<string, string> = {};

  constructor(path: string) {
    const out = createWriteStream(path, { mode: 0o600 });
    this.#gzip.pipe(out);
    this.#done = finished(out);
    this.#gzip.on('error', (error) => out.destroy(error));
  }

  async add(name: string, content: Buffer): Promise<void> {
    this.entries[name] = createHash('sha256').update(content).digest('hex');
    await this.#write(header(name, content.length));
    await this.#write(content);
    await this.#write(Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }

  async finish(): Promise<void> {
    this.#gzip.end(Buffer.alloc(2 * BLOCK));
    await this.#done;
  }

  #write(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`entry name too long: ${name}`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write('0000600\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/**
 * Reads entries in order, each whole.
 * @throws CommandFailure when the file is not a backup or is cut short
 */
export async function* readBackup(path: string): AsyncGenerator<{ name: string; content: Buffer }> {
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  const stream = source.pipe(gunzip);
  const chunks: Buffer[] = [];
  let have = 0;
  const iterator = stream[Symbol.asyncIterator]();
  const take = async (size: number): Promise<Buffer> => {
    while (have < size) {
      const { value, done } = await iterator.next();
      if (done) throw damaged('文件不完整');
      chunks.push(value as Buffer);
      have += (value as Buffer).length;
    }
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks.splice(0, chunks.length, all.subarray(size));
    have -= size;
    return all.subarray(0, size);
  };
  try {
    for (;;) {
      const head = await take(BLOCK);
      if (head[0] === 0) return;
      if (head.toString('latin1', 257, 262) !== 'ustar') throw damaged('不是本系统的备份文件');
      const name = head.toString('utf8', 0, 100).replace(/\0.*$/s, '');
      const size = Number.parseInt(head.toString('latin1', 124, 135), 8);
      const content = Buffer.from(await take(size));
      await take((BLOCK - (size % BLOCK)) % BLOCK);
      yield { name, content };
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
      throw damaged('不是本系统的备份文件，或文件不完整');
    throw error;
  } finally {
    source.destroy();
  }
}

const damaged = (why: string): CommandFailure => new CommandFailure(`备份文件不能使用：${why}`, EXIT.file);

/**
 * Reads the whole file once and compares every entry with the manifest.
 * @throws CommandFailure naming the first entry that differs or is missing
 */
export async function verifyBackup(path: string): Promise<Manifest> {
  const found: Record<string, string> = {};
  let manifest: Manifest | null = null;
  for await (const { name, content } of readBackup(path)) {
    if (name === MANIFEST) manifest = JSON.parse(content.toString('utf8')) as Manifest;
    else found[name] = createHash('sha256').update(content).digest('hex');
  }
  if (manifest?.format !== FORMAT) throw damaged('缺少清单');
  for (const [name, sha256] of Object.entries(manifest.entries)) {
    if (found[name] === undefined) throw damaged(`缺少 ${name}`);
    if (found[name] !== sha256) throw damaged(`${name} 与清单不符，内容已被改动`);
  }
  const extra = Object.keys(found).find((name) => manifest.entries[name] === undefined);
  if (extra) throw damaged(`多出清单之外的 ${extra}`);
  return manifest;
}
