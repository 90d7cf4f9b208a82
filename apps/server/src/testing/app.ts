import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@bihuan/domain/access';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';
import { buildApp } from '../build-app.ts';
import { createDeps } from '../create-deps.ts';
import { SESSION_COOKIE } from '../modules/identity/index.ts';
import type { RequestActor } from '../platform/access/index.ts';
import { fixedClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { keyringFrom, newToken, tokenHash } from '../platform/crypto/index.ts';
import { migrate } from '../platform/db/index.ts';
import type { Deps } from '../platform/deps.ts';
import { installBaseData } from '../setup/base-data.ts';

const SCHEMA = 'bihuan';
/** A working Monday morning in the demo year: 2023-06-05 10:00. */
export const TEST_NOW = Date.parse('2023-06-05T10:00:00+08:00');

export interface TestPerson {
  readonly actor: RequestActor;
  /** Cookie header that signs the person in. */
  readonly cookie: string;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly deps: Deps;
  readonly clock: ReturnType<typeof fixedClock>;
  /** Connection string of the migrator, who may change anything. */
  readonly adminUrl: string;
  /** Creates a unit; squadrons get a town of their own unless one is given. */
  unit(
    kind: 'bureau' | 'section' | 'squadron' | 'town' | 'partner',
    name?: string,
    townId?: string,
  ): Promise<{ id: string; name: string; townId: string | null }>;
  /** Creates a person with an account, a posting and a live session. */
  person(unitId: string, role: Role): Promise<TestPerson>;
  /** A request through the real HTTP app, as somebody or (null) as nobody. */
  call(
    as: TestPerson | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape it asks for
  ): Promise<{ status: number; body: any; headers: Record<string, unknown>; raw: Buffer }>;
  close(): Promise<void>;
}

/** The real app on a database of its own, cloned from a migrated template: base data, nobody in it, clock standing at `TEST_NOW`. */
export async function testApp(): Promise<TestApp> {
  const serverUrl = inject('postgresUrl');
  const template = await ensureTemplate(serverUrl);
  const database = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`create database ${database} template ${template}`));
  const adminUrl = withDatabase(serverUrl, database);
  const dataDir = await mkdtemp(join(tmpdir(), 'bihuan-test-'));
  const clock = fixedClock(TEST_NOW);
  const config = {
    ...readConfig({}),
    dataDir,
    databaseUrl: adminUrl,
    schema: SCHEMA,
    poolSize: 8,
    demo: false,
    logLevel: 'silent' as const,
    publicUrl: 'http://localhost',
  };
  const deps = await createDeps(config, adminUrl, {
    clock,
    log: pino({ level: 'silent' }),
    keyring: keyringFrom(Buffer.alloc(32, 7)),
  });
  const app = await buildApp(deps);
  await app.ready();
  let sequence = 0;
  const self: TestApp = {
    app,
    deps,
    clock,
    adminUrl,
    async unit(kind, name, townId) {
      sequence += 1;
      const label = name ?? `${kind}-${sequence}`;
      const town = kind === 'squadron' ? (townId ?? (await self.unit('town', `${label}镇`)).id) : null;
      const [row] = await deps.db.query<{ id: string }>(
        null,
        'insert into unit (code, name, short_name, kind, town_id, sort) values ($1,$2,$2,$3,$4,$5) returning id',
        [`u${sequence}-${randomBytes(3).toString('hex')}`, label, kind, town, sequence],
      );
      return { id: row!.id, name: label, townId: town };
    },
    async person(unitId, role) {
      sequence += 1;
      const key = `${sequence}-${randomBytes(3).toString('hex')}`;
      const token = newToken();
      const [row] = await deps.db.query<{
        person_id: string;
        account_id: string;
        posting_id: string;
        session_id: string;
        town_id: string | null;
        unit_name: string;
      }>(
        null,
        `with p as (insert into person (staff_no, name) values ($1, $2) returning id),
              o as (insert into posting (person_id, unit_id, role, started_on) select id, $3, $4, '2020-01-01' from p returning id),
              a as (insert into account (person_id, username, password_hash, must_change) select id, $1, 'x', false from p returning id),
              s as (insert into session (token_hash, account_id, posting_id, last_seen_at, expires_at)
                    select $5, a.id, o.id, '2099-01-01', '2099-01-01' from a, o returning id)
         select p.id as person_id, a.id as account_id, o.id as posting_id, s.id as session_id,
                (select case when kind = 'town' then id else town_id end from unit where id = $3) as town_id,
                (select name from unit where id = $3) as unit_name
           from p, a, o, s`,
        [`T${key}`, `测试${sequence}`, unitId, role, tokenHash(token)],
      );
      return {
        cookie: `${SESSION_COOKIE}=${token}`,
        actor: {
          personId: row!.person_id,
          accountId: row!.account_id,
          postingId: row!.posting_id,
          sessionId: row!.session_id,
          unitId,
          unitName: row!.unit_name,
          townId: row!.town_id,
          role,
          name: `测试${sequence}`,
          ip: '127.0.0.1',
        },
      };
    },
    async call(as, method, path, body, headers = {}) {
      const response = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { ...(as ? { cookie: as.cookie } : {}), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const isJson = String(response.headers['content-type'] ?? '').includes('json');
      return {
        status: response.statusCode,
        body: isJson ? response.json() : response.body,
        headers: response.headers,
        raw: response.rawPayload,
      };
    },
    async close() {
      await app.close();
      await deps.jobs.stop();
      await deps.live.stop();
      await deps.db.close();
      await onServer(serverUrl, (client) => client.query(`drop database if exists ${database} with (force)`));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return self;
}

export const commandId = (): string => randomUUID();

/** Migrated and with base data, made once per run; workers that come at the same time wait for the first. */
async function ensureTemplate(serverUrl: string): Promise<string> {
  const template = 'bihuan_test_template';
  await onServer(serverUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('bihuan:test-template'))");
    const found = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (found.rowCount) return;
    const building = `${template}_building`;
    await client.query(`drop database if exists ${building} with (force)`);
    await client.query(`create database ${building}`);
    const url = withDatabase(serverUrl, building);
    await migrate(url, SCHEMA);
    const deps = await createDeps({ ...readConfig({}), databaseUrl: url, schema: SCHEMA, poolSize: 2 }, url, {
      log: pino({ level: 'silent' }),
      keyring: keyringFrom(Buffer.alloc(32, 7)),
    });
    await installBaseData(deps.db);
    await deps.jobs.drain();
    await deps.jobs.stop();
    await deps.db.close();
    await client.query(`alter database ${building} rename to ${template}`);
  });
  return template;
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}
