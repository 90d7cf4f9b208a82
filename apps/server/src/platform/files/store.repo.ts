import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Sql } from '../db/index.ts';
import type { FilePurpose, FileStore, StoredFile } from '../deps.ts';
import { notFound, Problem } from '../errors.ts';
import { ACCEPTED } from './accepted.ts';
import { sniff } from './sniff.ts';

const MB = 1024 * 1024;

/** Blobs under `<dataDir>/files/ab/cdef…` (SHA-256); the same content is kept once, however often it is recorded. */
export function createFileStore({ db, dataDir }: { db: Sql; dataDir: string }): FileStore {
  const root = join(dataDir, 'files');
  const incoming = join(root, 'incoming');
  const blobPath = (sha256: string) => join(root, sha256.slice(0, 2), sha256.slice(2));

  return {
    async put({ stream, name, purpose, maxBytes, createdBy, captured }) {
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      const temporary = join(incoming, randomUUID());
      try {
        const { size, sha256 } = await receive(stream, temporary, maxBytes);
        if (size === 0) throw new Problem(400, 'empty_file', '文件是空的，请检查后重新上传');
        const clean = cleanName(name);
        const mime = await sniff(temporary, clean);
        refuseUnaccepted(purpose, mime);
        await keep(temporary, blobPath(sha256), join(root, sha256.slice(0, 2)));
        const id = await insertFile(db, { name: clean, mime, size, sha256, purpose, createdBy, captured });
        return { id, name: clean, mime, size, sha256 };
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async get(id) {
      const [row] = await db.query<FileRow>(
        'file.get',
        `select id, name, mime, size, encode(sha256, 'hex') as sha256, purpose, created_by from file where id = $1`,
        [id],
      );
      if (!row) throw notFound('文件');
      const { created_by, ...file } = row;
      return { ...file, createdBy: created_by, path: blobPath(row.sha256) };
    },
  };
}

interface FileRow extends StoredFile {
  purpose: FilePurpose;
  created_by: string | null;
}

async function receive(stream: Readable, path: string, maxBytes: number): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    // Leaving the loop early destroys the source.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(413, 'too_large', `文件超过 ${Math.floor(maxBytes / MB)} MB 的大小限制`, { maxBytes });
}

function refuseUnaccepted(purpose: FilePurpose, mime: string): void {
  const accepted = ACCEPTED[purpose];
  if (!accepted || accepted.types.includes(mime)) return;
  throw new Problem(415, 'unsupported_file', `不支持这种文件，请上传${accepted.inWords}`, { mime });
}

/** A hard link never replaces what is there: whoever stores the same content first wins, and both are right. */
async function keep(temporary: string, path: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  // The name must survive a power cut as well as the content.
  const directory = await open(folder);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The last part of whatever path was given, without control characters or what file systems refuse; at most 200 characters. */
function cleanName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).pop() ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const clean = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '').trim();
  const [...characters] = clean;
  if (characters.length <= 200) return clean || '未命名';
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? '';
  return characters.slice(0, 200 - extension.length).join('') + extension;
}

async function insertFile(
  sql: Sql,
  file: {
    name: string;
    mime: string;
    size: number;
    sha256: string;
    purpose: FilePurpose;
    createdBy: string | null;
    captured: Parameters<FileStore['put']>[0]['captured'];
  },
): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    'file.insert',
    `insert into file (sha256, size, mime, name, purpose, captured_at, captured_lng, captured_lat, created_by)
     values (decode($1, 'hex'),$2,$3,$4,$5,$6,$7,$8,$9) returning id`,
    [
      file.sha256,
      file.size,
      file.mime,
      file.name,
      file.purpose,
      file.captured?.at ?? null,
      file.captured?.lng ?? null,
      file.captured?.lat ?? null,
      file.createdBy,
    ],
  );
  return row!.id;
}
