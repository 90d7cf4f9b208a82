import { createHash, randomUUID } from 'node:crypto';
import { access, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ByteSource, fileSource } from '../byte-source.ts';
import type { Keyring } from '../crypto/index.ts';
import type { Sql } from '../db/index.ts';
import type { Captured, FilePurpose, FileStore, StoredFile } from '../deps.ts';
import { notFound, Problem } from '../errors.ts';
import { ACCEPTED } from './accepted.ts';
import { fileDamaged, openSealed, writeSealed } from './sealed-file.ts';
import { sniff } from './sniff.ts';

const MB = 1024 * 1024;

/** Where a content lies: encrypted, or as it came if it was stored before contents were. */
export function blobPaths(dataDir: string, sha256: string): { sealed: string; plain: string } {
  const plain = join(dataDir, 'files', sha256.slice(0, 2), sha256.slice(2));
  return { sealed: `${plain}.sealed`, plain };
}

/**
 * Blobs under `<dataDir>/files/ab/cdef….sealed` (SHA-256 of the content), encrypted with the keyring from the first byte written;
 * the same content is kept once, however often it is recorded.
 */
export function createFileStore({ db, dataDir, keyring }: { db: Sql; dataDir: string; keyring: Keyring }): FileStore {
  const incoming = join(dataDir, 'files', 'incoming');

  return {
    async put({ stream, name, purpose, maxBytes, createdBy, captured }) {
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      const temporary = join(incoming, randomUUID());
      try {
        const { size, sha256 } = await writeSealed(temporary, stream, keyring, (sofar) => {
          if (sofar > maxBytes) throw tooLarge(maxBytes);
        });
        if (size === 0) throw new Problem(400, 'empty_file', '文件是空的，请检查后重新上传');
        if (captured?.sha256 !== undefined && captured.sha256 !== sha256)
          throw new Problem(
            422,
            'upload_damaged',
            '收到的内容与拍摄时的校验值不一致，可能在上传途中受损，没有保存，请重新上传',
          );
        const clean = cleanName(name);
        const mime = await sniff(await openSealed(temporary, keyring, { sha256, size }), clean);
        refuseUnaccepted(purpose, mime);
        const { sealed, plain } = blobPaths(dataDir, sha256);
        await keep(temporary, sealed);
        await rm(plain, { force: true });
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
      const content = await openBlob(dataDir, keyring, file);
      return { ...file, createdBy: created_by, content, verify: () => verify(content, file.sha256) };
    },
  };
}

/** A kept content, for a thread that has no store. @throws Problem file_lost | file_damaged */
export async function openBlob(
  dataDir: string,
  keyring: Keyring,
  file: Pick<StoredFile, 'sha256' | 'size'>,
): Promise<ByteSource> {
  const { sealed, plain } = blobPaths(dataDir, file.sha256);
  try {
    await access(sealed);
    return await openSealed(sealed, keyring, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const content = await fileSource(plain).catch(() => null);
  if (content?.size !== file.size) throw new Problem(410, 'file_lost', '文件在服务器上缺失或不完整，请联系系统管理员');
  return content;
}

/** Reads it all once, so that nothing of a changed file is handed out. */
async function verify(content: ByteSource, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of content.stream()) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== sha256) throw fileDamaged();
}

interface FileRow extends StoredFile {
  purpose: FilePurpose;
  created_by: string | null;
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
async function keep(temporary: string, path: string): Promise<void> {
  const folder = dirname(path);
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
    captured: Captured | undefined;
  },
): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    'file.insert',
    `insert into file (sha256, size, mime, name, purpose, captured_at, captured_lng, captured_lat, captured_sha256, created_by)
     values (decode($1, 'hex'),$2,$3,$4,$5,$6,$7,$8,decode($9, 'hex'),$10) returning id`,
    [
      file.sha256,
      file.size,
      file.mime,
      file.name,
      file.purpose,
      file.captured?.at ?? null,
      file.captured?.lng ?? null,
      file.captured?.lat ?? null,
      file.captured?.sha256 ?? null,
      file.createdBy,
    ],
  );
  return row!.id;
}
