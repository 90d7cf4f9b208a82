import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TEST_NOW, type TestApp, testApp } from '../../testing/app.ts';
import { APPEND_ONLY, type Sql } from '../db/index.ts';
import { adoptRestoredLedger, exportAudit, recordAudit, sealAudit, verifyAudit, verifyAuditFile } from './index.ts';

let t: TestApp;
let migrator: pg.Client;
beforeEach(async () => {
  t = await testApp();
  migrator = new pg.Client({ connectionString: t.adminUrl, options: '-c search_path=bihuan,public' });
  await migrator.connect();
});
afterEach(async () => {
  await migrator.end();
  await t.close();
});

let sequence = 0;
/** An event with a value in every column. */
async function event(sql: Sql, note = `说明${++sequence}`, objectType = 'account'): Promise<string> {
  const id = '018f0000-0000-7000-8000-000000000001';
  return recordAudit(sql, {
    at: TEST_NOW + sequence,
    actor: { personId: id, unitId: id, role: 'officer', ip: '10.0.0.1' },
    action: `${objectType}.change`,
    objectType,
    objectId: id,
    fromStatus: 'before',
    toStatus: 'after',
    note,
    data: { b: 1, a: ['x', 2.5] },
    commandId: crypto.randomUUID(),
  });
}

async function events(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await event(t.deps.db));
  return ids;
}

describe('sealing', () => {
  test('chains every event once and the chain verifies', async () => {
    await events(5);
    expect(await sealAudit(t.deps.db)).toBe(5);
    await events(3);
    expect(await sealAudit(t.deps.db)).toBe(3);
    expect(await sealAudit(t.deps.db)).toBe(0);
    const result = await verifyAudit(t.deps.db);
    expect(result).toMatchObject({ ok: true, checked: 8, problems: [] });
    expect(result.head.seq).toBe(8);
  });

  test('waits for a transaction that began earlier and commits later', async () => {
    const early = await t.deps.db.connect();
    await early.query('begin');
    await early.query("insert into audit_event (at, action, object_type) values (now(), 'early.one', 'test')");
    await event(t.deps.db);
    expect(await sealAudit(t.deps.db)).toBe(0);
    await early.query('commit');
    await early.end();
    expect(await sealAudit(t.deps.db)).toBe(2);
    const { rows } = await migrator.query(
      'select e.action from audit_link l join audit_event e on e.id = l.event_id order by l.seq',
    );
    expect(rows.map((row) => row.action)).toEqual(['early.one', 'account.change']);
  });

  test('loses, repeats and misorders nothing while many write and several seal', async () => {
    let writing = true;
    const sealers = Array.from({ length: 3 }, async () => {
      while (writing) {
        await sealAudit(t.deps.db);
        await sleep(1);
      }
    });
    const written: string[] = [];
    await Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let i = 0; i < 60; i += 1) {
          const ids = await t.deps.db.transaction(async (trx) => {
            const first = await event(trx);
            if ((writer + i) % 5 === 0) await sleep(5);
            return [first, await event(trx)];
          });
          written.push(...ids);
        }
      }),
    );
    writing = false;
    await Promise.all(sealers);
    await sealAudit(t.deps.db);
    const { rows } = await migrator.query<{ event_id: string }>('select event_id from audit_link');
    expect(rows.map((row) => row.event_id).sort()).toEqual(written.sort());
    expect(await verifyAudit(t.deps.db)).toMatchObject({ ok: true, checked: 480 });
  });
});

test('a ledger restored into another server, where transaction ids start low again, goes on growing', async () => {
  await events(3);
  await sealAudit(t.deps.db);
  await events(2);
  // As after a restore: the old server's transaction ids lie far ahead of this one's; some of them will come again.
  await migrator.query("update audit_event set tx = '4000000000' where id not in (select event_id from audit_link)");
  await migrator.query("update audit_seal set tx = '4000000000'");
  expect(await sealAudit(t.deps.db)).toBe(0);
  await adoptRestoredLedger(onMigrator());
  await events(2);
  expect(await sealAudit(t.deps.db)).toBe(4);
  expect(await verifyAudit(t.deps.db)).toMatchObject({ ok: true, checked: 7 });
});

test('events of one large transaction are sealed in several batches', async () => {
  await t.deps.db.query(
    null,
    "insert into audit_event (at, action, object_type) select now(), 'bulk.load', 'test' from generate_series(1, 2500)",
  );
  await events(1);
  expect(await sealAudit(t.deps.db)).toBe(2501);
  expect(await verifyAudit(t.deps.db)).toMatchObject({ ok: true, checked: 2501 });
});

describe('verification', () => {
  const CHANGES: Record<string, string> = {
    at: "at + interval '1 microsecond'",
    actor_id: "'018f0000-0000-7000-8000-000000000002'",
    actor_unit_id: 'null',
    actor_role: "'officeR'",
    action: "action || ' '",
    object_type: "'Account'",
    object_id: "'018f0000-0000-7000-8000-000000000003'",
    from_status: "''",
    to_status: 'null',
    note: "note || '。'",
    data: "jsonb_set(data, '{b}', '2')",
    ip: "'10.0.0.2'",
    command_id: "'018f0000-0000-7000-8000-000000000004'",
    tx: "'1'",
  };

  test('names the row when one byte of any column is changed', async () => {
    const ids = await events(3);
    await sealAudit(t.deps.db);
    const { rows } = await migrator.query<{ column_name: string }>(
      "select column_name from information_schema.columns where table_schema = 'bihuan' and table_name = 'audit_event' and column_name <> 'id'",
    );
    expect(Object.keys(CHANGES).sort()).toEqual(rows.map((row) => row.column_name).sort());
    for (const [column, change] of Object.entries(CHANGES)) {
      await migrator.query('begin');
      await migrator.query(`update audit_event set ${column} = ${change} where id = $1`, [ids[1]]);
      const result = await verifyAudit(onMigrator());
      await migrator.query('rollback');
      expect(result.problems, column).toEqual([
        expect.objectContaining({
          kind: 'changed',
          seq: 2,
          eventId: ids[1],
          message: expect.stringContaining(ids[1]!),
        }),
      ]);
    }
  });

  test('names a deleted event', async () => {
    const ids = await events(3);
    await sealAudit(t.deps.db);
    await migrator.query('delete from audit_event where id = $1', [ids[1]]);
    const result = await verifyAudit(t.deps.db);
    expect(result.problems).toEqual([expect.objectContaining({ kind: 'deleted', seq: 2, eventId: ids[1] })]);
  });

  test('finds an event deleted together with its link', async () => {
    const ids = await events(3);
    await sealAudit(t.deps.db);
    await migrator.query('delete from audit_link where event_id = $1', [ids[1]]);
    await migrator.query('delete from audit_event where id = $1', [ids[1]]);
    const result = await verifyAudit(t.deps.db);
    expect(result.ok).toBe(false);
    expect(result.problems[0]).toMatchObject({ kind: 'gap', seq: 2 });
  });

  test('finds the newest events deleted with their links', async () => {
    const ids = await events(3);
    await sealAudit(t.deps.db);
    await migrator.query('delete from audit_link where event_id = $1', [ids[2]]);
    await migrator.query('delete from audit_event where id = $1', [ids[2]]);
    expect((await verifyAudit(t.deps.db)).problems).toEqual([expect.objectContaining({ kind: 'head', seq: 2 })]);
  });

  test('finds an event slipped in among what is sealed', async () => {
    await events(2);
    await sealAudit(t.deps.db);
    const { rows } = await migrator.query<{ id: string }>(
      "insert into audit_event (at, action, object_type, tx) values (now(), 'slipped.in', 'test', '5') returning id",
    );
    expect((await verifyAudit(t.deps.db)).problems).toEqual([
      expect.objectContaining({ kind: 'stray', eventId: rows[0]!.id }),
    ]);
  });

  test('names a link whose hash was changed', async () => {
    const ids = await events(3);
    await sealAudit(t.deps.db);
    await migrator.query('update audit_link set hash = set_byte(hash, 0, 255 - get_byte(hash, 0)) where seq = 2');
    const result = await verifyAudit(t.deps.db);
    expect(result.problems[0]).toMatchObject({ kind: 'changed', seq: 2, eventId: ids[1] });
  });

  test('finds a chain replaced as a whole by a head noted before', async () => {
    await events(3);
    await sealAudit(t.deps.db);
    const { head: anchor } = await verifyAudit(t.deps.db);
    expect(await verifyAudit(t.deps.db, { anchor })).toMatchObject({ ok: true });
    await migrator.query("update audit_event set note = '改写'");
    await migrator.query('delete from audit_link');
    await migrator.query('delete from audit_seal');
    await sealAudit(t.deps.db);
    expect(await verifyAudit(t.deps.db)).toMatchObject({ ok: true });
    expect((await verifyAudit(t.deps.db, { anchor })).problems).toEqual([expect.objectContaining({ kind: 'anchor' })]);
  });
});

test('the app role can neither change nor delete what may only grow', async () => {
  await events(1);
  await sealAudit(t.deps.db);
  for (const table of APPEND_ONLY) {
    const [column] = await t.deps.db.query<{ name: string }>(
      null,
      "select column_name as name from information_schema.columns where table_schema = 'bihuan' and table_name = $1 limit 1",
      [table],
    );
    for (const sql of [
      `update ${table} set ${column!.name} = ${column!.name}`,
      `delete from ${table}`,
      `truncate ${table}`,
    ]) {
      await expect(t.deps.db.query(null, sql), sql).rejects.toMatchObject({ code: '42501' });
    }
  }
});

describe('an exported file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bihuan-audit-'));
    file = join(folder, 'audit.jsonl');
    await event(t.deps.db, '普通说明');
    await event(t.deps.db, '市民所说的话', 'complaint');
    await event(t.deps.db, '又一条说明');
    await sealAudit(t.deps.db);
    const stream = createWriteStream(file);
    const count = await exportAudit(t.deps.db, stream, {
      from: new Date(TEST_NOW - 1000),
      to: new Date(TEST_NOW + 3_600_000),
    });
    stream.end();
    await finished(stream);
    expect(count).toBe(3);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('verifies by itself and holds no text of a complaint', async () => {
    expect(await verifyAuditFile(file)).toMatchObject({ ok: true, checked: 3 });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('普通说明');
    expect(text).not.toContain('市民所说的话');
  });

  test('fails on a changed byte, a missing line and a cut end', async () => {
    const lines = (await readFile(file, 'utf8')).split('\n');
    const cases: [string, string[], string][] = [
      [
        'status',
        lines.map((line, i) => (i === 2 ? line.replace('"to_status":"after"', '"to_status":"aftes"') : line)),
        'changed',
      ],
      ['note', lines.map((line) => line.replace('普通说明', '普通说朋')), 'changed'],
      ['digest', lines.map((line, i) => (i === 2 ? line.replace(/"note_sm3":"./, '"note_sm3":"g') : line)), 'changed'],
      ['line', lines.filter((_, i) => i !== 2), 'gap'],
      ['end', lines.slice(0, 3), 'head'],
    ];
    for (const [what, changed, kind] of cases) {
      await writeFile(file, changed.join('\n'));
      const result = await verifyAuditFile(file);
      expect(result.ok, what).toBe(false);
      expect(result.problems[0], what).toMatchObject({ kind });
    }
  });
});

/** The verifier inside the migrator's open transaction, so that a forgery can be undone. */
function onMigrator(): Sql {
  return {
    query: async (_name, text, values = []) => (await migrator.query(text, values as unknown[])).rows,
    get kysely(): never {
      throw new Error('not used');
    },
  };
}
