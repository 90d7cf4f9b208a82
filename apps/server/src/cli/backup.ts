import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { sealAudit } from '../platform/audit/index.ts';
import { blobPaths } from '../platform/files/index.ts';
import { BackupWriter, FORMAT, MANIFEST, type Manifest, SEALED } from './backup-file.ts';
import type { OpenSystem } from './open-system.ts';

/** Not kept: sign-ins (people sign in again), messages on their way, rows half imported, the search index (made anew). */
export const LEFT_OUT = [
  'session',
  'outbox',
  'outbox_cursor',
  'idempotency_key',
  'migration',
  'complaint_search',
  'search_pending',
];

const PART = 8 * 1024 * 1024;

export interface BackupResult {
  readonly file: string;
  readonly tables: number;
  readonly rows: number;
  readonly files: number;
  /** Where the master key was put; `null` = not asked for. */
  readonly key: string | null;
}

/**
 * One consistent picture of the database (a REPEATABLE READ snapshot, while the server goes on working) and the files
 * it names. The master key is never inside: who holds only the backup reads no protected field.
 */
export async function backup(
  system: OpenSystem,
  out: string,
  withKey: boolean,
  progress: (done: number, total: number) => void,
): Promise<BackupResult> {
  const { config, databaseUrl, deps } = system;
  await sealAudit(deps.db);
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'bihuan backup',
    options: `-c search_path=${config.schema},public -c TimeZone=UTC`,
  });
  await client.connect();
  const part = `${out}.part`;
  try {
    await client.query('begin isolation level repeatable read read only');
    const names = await tablesInOrder(client, config.schema);
    const writer = new BackupWriter(part);
    const tables: Manifest['tables'][number][] = [];
    for (const [index, name] of names.entries()) {
      const columns = await columnsOf(client, config.schema, name);
      const rows = await copyTable(client, writer, name, columns);
      tables.push({ name, columns, rows });
      progress(index + 1, names.length);
    }
    const hashes = await client.query<{ sha256: string }>(
      "select distinct encode(sha256, 'hex') as sha256 from file order by 1",
    );
    for (const { sha256 } of hashes.rows) await addFile(writer, config.dataDir, sha256);
    const manifest: Manifest = {
      format: FORMAT,
      madeAt: new Date(deps.clock.now()).toISOString(),
      schema: config.schema,
      migrations: (
        await client.query<{ name: string; sha256: string }>('select name, sha256 from migration order by name')
      ).rows,
      tables,
      sequences: await sequencesOf(client, config.schema),
      entries: { ...writer.entries },
    };
    await writer.add(MANIFEST, Buffer.from(JSON.stringify(manifest)));
    await writer.finish();
    await client.query('commit');
    await rename(part, out);
    const key = withKey ? `${out}.key` : null;
    if (key) await copyFile(join(config.dataDir, 'keys', 'master.key'), key);
    return {
      file: out,
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      files: hashes.rows.length,
      key,
    };
  } finally {
    await client.end();
    await rm(part, { force: true });
  }
}

/** Parents before children, so that restoring needs no privilege to switch foreign keys off. */
export async function tablesInOrder(client: pg.ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; parents: string[] }>(
    `select t.relname as name,
            array(select distinct p.relname from pg_constraint k join pg_class p on p.oid = k.confrelid
                   where k.conrelid = t.oid and k.contype = 'f' and k.confrelid <> t.oid)::text[] as parents
       from pg_class t where t.relnamespace = $1::regnamespace and t.relkind = 'r' and not (t.relname = any($2::text[])) order by t.relname`,
    [schema, LEFT_OUT],
  );
  const waiting = new Map(rows.map(({ name, parents }) => [name, parents]));
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting]
      .filter(([, parents]) => parents.every((parent) => !waiting.has(parent)))
      .map(([name]) => name);
    if (ready.length === 0) throw new Error(`foreign keys in a circle: ${[...waiting.keys()].join(', ')}`);
    for (const name of ready) waiting.delete(name);
    ordered.push(...ready);
  }
  return ordered;
}

async function columnsOf(client: pg.ClientBase, schema: string, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute a join pg_class t on t.oid = a.attrelid
      where t.relnamespace = $1::regnamespace and t.relname = $2 and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [schema, table],
  );
  return rows.map(({ name }) => name);
}

async function copyTable(
  client: pg.ClientBase,
  writer: BackupWriter,
  table: string,
  columns: readonly string[],
): Promise<number> {
  const stream: Readable & { rowCount: number } = client.query(
    copyTo(`copy ${table} (${columns.join(', ')}) to stdout`),
  );
  let pending: Buffer[] = [];
  let size = 0;
  let part = 0;
  const flush = async (): Promise<void> => {
    part += 1;
    await writer.add(`tables/${table}/${String(part).padStart(6, '0')}.copy`, Buffer.concat(pending));
    pending = [];
    size = 0;
  };
  for await (const chunk of stream) {
    pending.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= PART) await flush();
  }
  if (size > 0) await flush();
  return stream.rowCount;
}

/** As it lies there: an encrypted file stays so. */
async function addFile(writer: BackupWriter, dataDir: string, sha256: string): Promise<void> {
  const { sealed, plain } = blobPaths(dataDir, sha256);
  try {
    await writer.add(`files/${sha256}${SEALED}`, await readFile(sealed));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writer.add(`files/${sha256}`, await readFile(plain));
  }
}

async function sequencesOf(client: pg.ClientBase, schema: string): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    'select sequencename as name, coalesce(last_value, 0)::text as value from pg_sequences where schemaname = $1',
    [schema],
  );
  return Object.fromEntries(
    rows.filter(({ name }) => !name.startsWith('outbox')).map(({ name, value }) => [name, Number(value)]),
  );
}
