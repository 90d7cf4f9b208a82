import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { PROJECT_ROOT } from '../config.ts';
import { APP_ROLE_SUFFIX, type Sql } from './database.ts';

export class MigrationError extends Error {}

/** Tables the `app` role may only insert into and read. */
export const APPEND_ONLY = [
  'audit_event',
  'audit_link',
  'clock_entry',
  'bulletin_receipt',
  'password_history',
  'migration',
] as const;

/**
 * Brings a district's schema up to date: forward only, each file in a transaction of its own, under a lock.
 * @returns the names of the files applied
 * @throws MigrationError when an applied file has changed or the database is newer than the program
 */
export async function migrate(
  url: string,
  schema: string,
  folder = join(PROJECT_ROOT, 'db/migrations'),
): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'bihuan migrate' });
  await client.connect();
  try {
    const role = `${schema}${APP_ROLE_SUFFIX}`;
    await client.query('select pg_advisory_lock(hashtext($1))', [`bihuan:migrate:${schema}`]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query('create extension if not exists pg_trgm with schema public');
    await client.query(`set search_path to ${schema}, public`);
    await client.query(
      'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    await ensureRole(client, role);
    const applied = new Map(
      (await client.query<{ name: string; sha256: string }>('select name, sha256 from migration')).rows.map((row) => [
        row.name,
        row.sha256,
      ]),
    );
    const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
    for (const name of applied.keys()) {
      if (!files.includes(name)) throw new MigrationError(`数据库比程序新：库中已有迁移 ${name}，请使用相应版本的程序`);
    }
    const done: string[] = [];
    for (const name of files) {
      const sql = await readFile(join(folder, name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = applied.get(name);
      if (before === sha256) continue;
      if (before !== undefined) throw new MigrationError(`迁移 ${name} 已执行，内容却被改动；请另加一个迁移文件`);
      await client.query('begin');
      try {
        await client.query(sql);
        await client.query('insert into migration (name, sha256) values ($1, $2)', [name, sha256]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new MigrationError(`迁移 ${name} 失败：${(error as Error).message}`, { cause: error });
      }
      done.push(name);
    }
    await grant(client, schema, role);
    return done;
  } finally {
    await client.end();
  }
}

/** Files of this program that the database does not have yet. */
export async function missingMigrations(sql: Sql, folder = join(PROJECT_ROOT, 'db/migrations')): Promise<string[]> {
  const applied = await sql.query<{ name: string }>('migration.names', 'select name from migration');
  const names = new Set(applied.map((row) => row.name));
  return (await readdir(folder)).filter((name) => name.endsWith('.sql') && !names.has(name)).sort();
}

async function ensureRole(client: pg.Client, role: string): Promise<void> {
  const exists = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (exists.rowCount === 0) {
    try {
      await client.query(`create role ${role} nologin`);
    } catch (error) {
      // Two districts or two processes may create it at once; roles belong to the whole cluster.
      if ((error as { code?: string }).code !== '42710' && (error as { code?: string }).code !== '23505') throw error;
    }
  }
  await client.query(`grant ${role} to current_user`);
}

async function grant(client: pg.Client, schema: string, role: string): Promise<void> {
  await client.query(`grant usage on schema ${schema} to ${role}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
  await client.query(`grant usage on all sequences in schema ${schema} to ${role}`);
  for (const table of APPEND_ONLY) {
    await client.query(`revoke update, delete, truncate on ${schema}.${table} from ${role}`);
  }
}
