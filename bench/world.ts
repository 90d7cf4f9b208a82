import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { createDeps } from '../apps/server/src/create-deps.ts';
import type { Clock } from '../apps/server/src/platform/clock.ts';
import { readConfig } from '../apps/server/src/platform/config.ts';
import { keyringFrom, newToken, tokenHash } from '../apps/server/src/platform/crypto/index.ts';
import { migrate } from '../apps/server/src/platform/db/index.ts';
import type { Deps } from '../apps/server/src/platform/deps.ts';
import { type EmbeddedPostgres, startEmbedded } from '../apps/server/src/platform/embedded-postgres/index.ts';
import { installBaseData } from '../apps/server/src/setup/base-data.ts';
import { loadDemo } from '../apps/server/src/setup/demo/index.ts';

export const SCHEMA = 'bihuan';
/** The bench's day: a working afternoon at the end of the demo's data. */
const BENCH_NOW = Date.parse('2023-06-30T15:00:00+08:00');

/** Runs on from the bench's day, so that deadlines are those of working time. */
export const benchClock: Clock = { now: () => Math.round(BENCH_NOW + performance.now()) };

export async function startServer(dataDir: string, log: (line: string) => void): Promise<EmbeddedPostgres> {
  if (!existsSync(dataDir)) await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o711);
  return startEmbedded({ dataDir, log, sharedBuffers: '1GB', settings: { track_io_timing: 'off' } });
}

export function databaseUrl(server: EmbeddedPostgres, name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** A database with so many demo orders; made once, then kept in the bench's data folder. */
export async function prepareDatabase(
  server: EmbeddedPostgres,
  orders: number,
  progress: (done: number) => void,
): Promise<{ url: string; seconds: number | null }> {
  const name = `bench_${orders}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  try {
    const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await admin.query(`create database ${name}`);
  } finally {
    await admin.end();
  }
  const url = databaseUrl(server, name);
  await migrate(url, SCHEMA);
  const deps = await benchDeps(url);
  try {
    await installBaseData(deps.db);
    await deps.workingTime.reload();
    const began = performance.now();
    const result = await loadDemo(deps, { orders, now: new Date(BENCH_NOW), onProgress: progress });
    return { url, seconds: result.loaded ? (performance.now() - began) / 1000 : null };
  } finally {
    await deps.db.close();
  }
}

/** The server's own dependencies on a bench database. */
export function benchDeps(url: string): Promise<Deps> {
  const config = {
    ...readConfig({}),
    dataDir: join(tmpdir(), 'bihuan-bench'),
    databaseUrl: url,
    schema: SCHEMA,
    demo: false,
    logLevel: 'silent' as const,
  };
  return createDeps(config, url, {
    clock: benchClock,
    log: pino({ level: 'silent' }),
    keyring: keyringFrom(Buffer.alloc(32, 7)),
  });
}

/** Fresh orders waiting to be accepted, with ids that count up from 1: `ids(n)`. */
export const PENDING = 120_000;
export const pendingId = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** What requests are made with. */
export interface Subjects {
  readonly cookies: readonly string[];
  readonly sourceId: string;
  readonly unitIds: readonly string[];
}

/** Sessions, because one session may not ask more than its share. */
export async function prepareSubjects(url: string): Promise<Subjects> {
  return asOwner(url, async (client) => {
    await client.query('delete from session');
    const tokens = Array.from({ length: 3000 }, () => newToken());
    await client.query(
      `insert into session (token_hash, account_id, posting_id, last_seen_at, expires_at)
       select h, a.id, o.id, 'infinity', 'infinity' from unnest($1::bytea[]) h, account a join posting o on o.person_id = a.person_id and o.ended_on is null where a.username = 'xietiao01'`,
      [tokens.map((token) => tokenHash(token))],
    );
    const units = await client.query<{ id: string }>("select id from unit where kind = 'squadron' order by sort");
    const source = await client.query<{ id: string }>("select id from intake_source where code = 'walk_in'");
    return {
      cookies: tokens.map((token) => `bihuan_session=${token}`),
      sourceId: source.rows[0]!.id,
      unitIds: units.rows.map(({ id }) => id),
    };
  });
}

/** Adds orders that wait to be accepted, for the runs that change something. */
export async function addPending(url: string): Promise<void> {
  await asOwner(url, async (client) => {
    await client.query(
      `insert into complaint (id, number, source_id, kind, urgency, category_code, title, content, address, town_id, status, received_at, registered_at, first_contact_due_at, due_at, next_check_at)
       select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'B' || n, c.source_id, 'ordinary', 'normal', c.category_code, c.title, c.content, c.address, c.town_id, 'received',
              '2023-06-30 14:00+08', $2::timestamptz, '2023-07-03 17:00+08', '2023-07-07 17:00+08', '2023-07-03 10:00+08'
         from generate_series(1, $1) n cross join lateral (select * from complaint where number > '2022' order by number limit 1) c`,
      [PENDING, new Date(BENCH_NOW)],
    );
    // Nobody compares these: they are all the same.
    await client.query('delete from matter_order where complaint_id <= $1', [LAST_PENDING_ID]);
    await client.query(
      'insert into complainant (complaint_id, anonymous) select id, true from complaint where id <= $1',
      [LAST_PENDING_ID],
    );
    await client.query(
      `insert into handling_round (complaint_id, round, kind, urgency, category_code, town_id, started_at, first_contact_due_at, due_at)
       select id, 1, kind, urgency, category_code, town_id, received_at, first_contact_due_at, due_at from complaint where id <= $1`,
      [LAST_PENDING_ID],
    );
  });
}

/** Takes out what a bench has added, so that every run reads the same data. */
export async function removeTraces(url: string): Promise<void> {
  await asOwner(url, async (client) => {
    await client.query('set session_replication_role = replica');
    // Lists of a hundred thousand ids are hashed, not read again for every row.
    await client.query("set work_mem = '512MB'");
    await client.query('create temp table added as select id from complaint where registered_at >= $1', [
      new Date(BENCH_NOW),
    ]);
    await client.query('analyze added');
    await client.query('delete from import_reject');
    await client.query('delete from import_job');
    await client.query(
      'create temp table moved as select complaint_id as id, turn, matter_id from matter_order where complaint_id in (select id from added)',
    );
    await client.query('analyze moved');
    await client.query('delete from matter_key where turn in (select turn from moved)');
    await client.query('delete from matter_order where complaint_id in (select id from moved)');
    await client.query(
      'delete from matter_suggestion where complaint_id in (select id from moved) or like_id in (select id from moved)',
    );
    await client.query(
      `update matter m set order_count = n.count, last_at = n.last_at
         from (select o.matter_id, count(*)::int as count, max(o.received_at) as last_at from matter_order o
                where o.matter_id in (select matter_id from moved) and o.turn is not null group by o.matter_id) n where m.id = n.matter_id`,
    );
    await client.query(
      'delete from matter where id in (select id from added) or (id in (select matter_id from moved) and order_count < 2)',
    );
    await client.query('delete from matter_alert where matter_id not in (select id from matter)');
    for (const table of ['webhook_delivery', 'intake_record', 'handling_round', 'complainant'])
      await client.query(`delete from ${table} where complaint_id in (select id from added)`);
    await client.query(
      "delete from audit_event where at >= $1 and action in ('complaint.register', 'complaint.accept', 'complaint.import')",
      [new Date(BENCH_NOW)],
    );
    await client.query('delete from complaint where id in (select id from added)');
    for (const table of ['complaint_search', 'search_pending'])
      await client.query(`delete from ${table} where complaint_id in (select id from added)`);
    await client.query('delete from category_guess where complaint_id in (select id from added)');
    await client.query('alter table complaint enable trigger complaint_matter_queue');
    await client.query('truncate outbox');
    for (const table of [
      'complaint',
      'handling_round',
      'complainant',
      'intake_record',
      'audit_event',
      'session',
      'matter_order',
      'matter_key',
      'search_pending',
    ])
      await client.query(`vacuum (analyze) ${table}`);
    await client.query('checkpoint');
  });
}

const LAST_PENDING_ID = pendingId(PENDING);

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    options: `-c search_path=${SCHEMA},public -c TimeZone=Asia/Shanghai`,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
