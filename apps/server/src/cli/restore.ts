import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Config } from '../platform/config.ts';
import { loadKeyring } from '../platform/crypto/index.ts';
import { migrate } from '../platform/db/index.ts';
import { blobPaths } from '../platform/files/index.ts';
import { migrateJobs } from '../platform/jobs/index.ts';
import { ensureDatabase } from '../setup/prepare-database.ts';
import { type Manifest, readBackup, SEALED, verifyBackup } from './backup-file.ts';
import { CommandFailure } from './failure.ts';

export interface RestoreResult {
  readonly rows: number;
  readonly files: number;
  readonly madeAt: string;
  /** Whether the protected fields can be read with the key at hand. */
  readonly keyFits: boolean;
}

/**
 * Puts a backup into an empty database, all or nothing, after every entry has been compared with the manifest.
 * Program and backup must have the same migrations: an older backup is restored by the program of its time, then upgraded.
 * @param keyFile a master key to install; without it the one already in the data folder is used
 */
export async function restore(
  config: Config,
  databaseUrl: string,
  path: string,
  keyFile: string | null,
  progress: (done: number, total: number) => void,
): Promise<RestoreResult> {
  const manifest = await verifyBackup(path);
  await ensureDatabase(databaseUrl);
  await migrate(databaseUrl, config.schema);
  await migrateJobs(databaseUrl, config.schema);
  if (keyFile !== null) await installKey(config.dataDir, keyFile);
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'bihuan restore',
    options: `-c search_path=${config.schema},public -c TimeZone=UTC`,
  });
  await client.connect();
  try {
    await client.query('begin');
    await refuseUnlike(client, manifest);
    await refuseUsed(client);
    // Base data of a fresh start makes way for the backup's own.
    for (const { name } of [...manifest.tables].reverse()) await client.query(`delete from ${name}`);
    // Orders come back with the matters they were found to be of: they do not queue for it again.
    await client.query('alter table complaint disable trigger complaint_matter_queue');
    const files = await loadEntries(client, config.dataDir, path, manifest, progress);
    await client.query('alter table complaint enable trigger complaint_matter_queue');
    for (const { name, rows } of manifest.tables) {
      const { rows: counted } = await client.query<{ n: number }>(`select count(*)::int as n from ${name}`);
      if (counted[0]!.n !== rows)
        throw new CommandFailure(`表 ${name} 应有 ${rows} 行，恢复后为 ${counted[0]!.n} 行，未作任何改动`);
    }
    for (const [name, value] of Object.entries(manifest.sequences))
      if (value > 0) await client.query('select setval($1::regclass, $2)', [name, value]);
    await rebaseAudit(client);
    await client.query('commit');
    await client.query('analyze');
    return {
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      files,
      madeAt: manifest.madeAt,
      keyFits: await keyFits(client, config.dataDir),
    };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    await client.end();
  }
}

async function refuseUnlike(client: pg.ClientBase, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from migration order by name',
  );
  const list = (entries: readonly { name: string; sha256: string }[]): string =>
    entries.map(({ name, sha256 }) => `${name}:${sha256}`).join();
  if (list(rows) !== list(manifest.migrations)) {
    throw new CommandFailure(
      `备份的数据库结构是 ${manifest.migrations.at(-1)?.name ?? '空'}，程序的是 ${rows.at(-1)?.name ?? '空'}。请用做备份时的程序版本恢复，再升级。`,
    );
  }
}

async function refuseUsed(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(
    'select 1 from unit union all select 1 from complaint union all select 1 from person limit 1',
  );
  if (rows.length > 0)
    throw new CommandFailure('库里已有数据。只能恢复到空的系统：请用 BIHUAN_DATA 另指一个空文件夹，或新建一个数据库。');
}

async function loadEntries(
  client: pg.ClientBase,
  dataDir: string,
  path: string,
  manifest: Manifest,
  progress: (done: number, total: number) => void,
): Promise<number> {
  const columns = new Map(manifest.tables.map((table) => [table.name, table.columns]));
  const total = Object.keys(manifest.entries).length;
  let done = 0;
  let files = 0;
  let open = null as { table: string; stream: Writable } | null;
  const close = async (): Promise<void> => {
    if (!open) return;
    open.stream.end();
    await finished(open.stream);
    open = null;
  };
  for await (const { name, content } of readBackup(path)) {
    const [area, item] = name.split('/') as [string, string];
    if (area === 'tables') {
      if (open?.table !== item) {
        await close();
        open = {
          table: item,
          stream: client.query(copyFrom(`copy ${item} (${columns.get(item)!.join(', ')}) from stdin`)),
        };
      }
      await write(open.stream, content);
    } else if (area === 'files') {
      await close();
      await keepFile(dataDir, item, content);
      files += 1;
    }
    progress(++done, total + 1);
  }
  await close();
  return files;
}

function write(stream: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(chunk, (error) => {
      stream.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function keepFile(dataDir: string, name: string, content: Buffer): Promise<void> {
  const encrypted = name.endsWith(SEALED);
  const sha256 = encrypted ? name.slice(0, -SEALED.length) : name;
  // An encrypted content is compared with its number whenever it is opened.
  if (!encrypted && createHash('sha256').update(content).digest('hex') !== sha256)
    throw new CommandFailure(`附件 ${sha256} 的内容与其编号不符`);
  const paths = blobPaths(dataDir, sha256);
  const path = encrypted ? paths.sealed : paths.plain;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { mode: 0o600 });
}

/**
 * Transaction numbers belong to the old server. Sealed events keep theirs, for the chain was made over them; what was
 * not sealed yet counts as written now, and sealing goes on from here.
 */
async function rebaseAudit(client: pg.ClientBase): Promise<void> {
  await client.query(
    'update audit_event e set tx = pg_current_xact_id() where not exists (select 1 from audit_link l where l.event_id = e.id)',
  );
  await client.query('update audit_seal set tx = pg_current_xact_id()');
}

async function installKey(dataDir: string, keyFile: string): Promise<void> {
  const key = await readFile(keyFile, 'utf8');
  if (Buffer.from(key.trim(), 'base64').length !== 32) throw new CommandFailure(`${keyFile} 不是主密钥文件`);
  const path = join(dataDir, 'keys', 'master.key');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const present = await readFile(path, 'utf8').catch(() => null);
  if (present !== null && present.trim() !== key.trim())
    throw new CommandFailure(`数据文件夹里已有另一把主密钥（${path}），请先移走`);
  await copyFile(keyFile, path);
}

/** Tries the key on one protected field. */
export async function keyFits(client: pg.ClientBase, dataDir: string): Promise<boolean> {
  const { rows } = await client.query<{ complaint_id: string; phone_enc: Buffer }>(
    'select complaint_id, phone_enc from complainant where phone_enc is not null limit 1',
  );
  const probe = rows[0];
  if (!probe) return true;
  try {
    (await loadKeyring(dataDir)).decrypt(probe.phone_enc, `complainant.phone:${probe.complaint_id}`);
    return true;
  } catch {
    return false;
  }
}
