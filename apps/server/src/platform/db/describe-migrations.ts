import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describeSchema, type SchemaDescription } from './describe-schema.ts';
import { migrate } from './migrate.ts';

const SCHEMA = 'bihuan';

/** What the migrations make of an empty database, on a database of its own that is dropped afterwards. */
export async function describeMigrations(serverUrl: string): Promise<SchemaDescription> {
  const database = `describe_${randomBytes(6).toString('hex')}`;
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  try {
    await server.query(`create database ${database}`);
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    await migrate(url.href, SCHEMA);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query(`set search_path to ${SCHEMA}, public`);
      return await describeSchema(client, SCHEMA);
    } finally {
      await client.end();
    }
  } finally {
    await server.query(`drop database if exists ${database} with (force)`);
    await server.end();
  }
}
