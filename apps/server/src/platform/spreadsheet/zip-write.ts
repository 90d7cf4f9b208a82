import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

const LIMIT = 0xffffffff;
/** Bit 3: sizes follow the data. Bit 11: names are UTF-8. */
const FLAGS = 0x0808;
/** 1980-01-01, so that equal content makes equal files. */
const DOS_DATE = 0x21;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

/** A ZIP archive written front to back without seeking, one entry at a time; up to 4 GiB (no ZIP64). */
export class ZipWriter {
  readonly #out: Writable;
  readonly #entries: Written[] = [];
  #offset = 0;

  constructor(out: Writable) {
    this.#out = out;
  }

  async #write(chunk: Buffer): Promise<void> {
    this.#offset += chunk.length;
    if (this.#offset > LIMIT) throw new Error('archive exceeds 4 GiB');
    await new Promise<void>((resolve, reject) => {
      this.#out.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }

  async add(name: string, content: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const encoded = Buffer.from(name, 'utf8');
    const offset = this.#offset;
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(FLAGS, 6);
    header.writeUInt16LE(8, 8);
    header.writeUInt16LE(DOS_DATE, 12);
    header.writeUInt16LE(encoded.length, 26);
    await this.#write(Buffer.concat([header, encoded]));

    let crc = 0;
    let size = 0;
    const start = this.#offset;
    async function* bytes(): AsyncGenerator<Buffer> {
      for await (const piece of content) {
        const chunk = Buffer.from(piece, 'utf8');
        crc = crc32(chunk, crc);
        size += chunk.length;
        yield chunk;
      }
    }
    await pipeline(bytes, createDeflateRaw({ level: 5 }), async (deflated: AsyncIterable<Buffer>) => {
      for await (const chunk of deflated) await this.#write(chunk);
    });
    if (size > LIMIT) throw new Error('archive entry exceeds 4 GiB');
    const compressed = this.#offset - start;
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(compressed, 8);
    descriptor.writeUInt32LE(size, 12);
    await this.#write(descriptor);
    this.#entries.push({ name: encoded, crc, compressed, size, offset });
  }

  /** Writes the directory and ends the stream. */
  async finish(): Promise<void> {
    const start = this.#offset;
    for (const entry of this.#entries) {
      const record = Buffer.alloc(46);
      record.writeUInt32LE(0x02014b50, 0);
      record.writeUInt16LE(20, 4);
      record.writeUInt16LE(20, 6);
      record.writeUInt16LE(FLAGS, 8);
      record.writeUInt16LE(8, 10);
      record.writeUInt16LE(DOS_DATE, 14);
      record.writeUInt32LE(entry.crc, 16);
      record.writeUInt32LE(entry.compressed, 20);
      record.writeUInt32LE(entry.size, 24);
      record.writeUInt16LE(entry.name.length, 28);
      record.writeUInt32LE(entry.offset, 42);
      await this.#write(Buffer.concat([record, entry.name]));
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(this.#entries.length, 8);
    end.writeUInt16LE(this.#entries.length, 10);
    end.writeUInt32LE(this.#offset - start, 12);
    end.writeUInt32LE(start, 16);
    await this.#write(end);
    this.#out.end();
    await finished(this.#out, { readable: false });
  }
}
