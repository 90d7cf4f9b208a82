import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TEST_NOW, type TestApp, testApp } from '../../testing/app.ts';
import { testDistrict } from '../../testing/complaint.ts';
import { detectMatters } from '../matter/index.ts';
import { importFile } from './import.service.ts';
import { findJob, insertJob, queueJob } from './jobs.repo.ts';
import { mapColumns, readBeginning, toMapping } from './read-sheet.ts';
import { type FixtureRow, fixtureRow, writeFixture } from './spreadsheet.fixture.ts';

/** The full measure: BIHUAN_KILL_ROWS=100000 BIHUAN_KILLS=20. */
const ROWS = Number(process.env.BIHUAN_KILL_ROWS ?? 16_000);
const KILLS = Number(process.env.BIHUAN_KILLS ?? 5);

let t: TestApp;
let sourceId: string;
const files: string[] = [];
beforeAll(async () => {
  t = await testApp();
  await testDistrict(t);
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'hotline'");
  sourceId = source!.id;
});
afterAll(async () => {
  await t.close();
  for (const file of files) await rm(file, { force: true });
});

function* rows() {
  for (let n = 1; n <= ROWS; n++) {
    // Every hundredth cannot be taken, every 250th repeats the row before.
    if (n % 100 === 0) yield fixtureRow(n, { at: '不详' });
    else yield fixtureRow(n % 250 === 1 && n > 1 ? n - 2 : n);
  }
}

async function queued(given: Iterable<FixtureRow>): Promise<string> {
  const path = await writeFixture(given);
  files.push(path);
  const stored = await t.deps.files.put({
    stream: createReadStream(path),
    name: '工单.csv',
    purpose: 'import',
    maxBytes: 1e9,
    createdBy: null,
  });
  const beginning = await readBeginning(path, '工单.csv');
  return t.deps.db.transaction(async (trx) => {
    const id = await insertJob(trx, {
      sourceId,
      fileId: stored.id,
      fileName: '工单.csv',
      createdBy: null,
      now: TEST_NOW,
    });
    await queueJob(trx, id, {
      sourceId,
      sheet: null,
      mapping: toMapping(mapColumns(beginning, { mapping: null }).columns),
      options: { header: beginning.header, closeAnswered: false, defaultReceivedAt: null, dateOrder: null },
      now: TEST_NOW,
    });
    return id;
  });
}

const start = (importId: string): ChildProcess =>
  fork(join(import.meta.dirname, 'import-process.fixture.ts'), [
    t.adminUrl,
    t.deps.config.dataDir,
    importId,
    String(TEST_NOW),
  ]);

test(`killed ${KILLS} times at random, an import of ${ROWS} rows loses no row and doubles none`, {
  timeout: 1_800_000,
}, async () => {
  const importId = await queued(rows());
  const cursors: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = (await findJob(t.deps.db, importId))!.cursor_row;
    const child = start(importId);
    const exited = once(child, 'exit');
    await Promise.race([once(child, 'message'), exited]);
    // A killed process must have been able to do something, or nothing would be shown: every other one gets through a chunk.
    if (kill % 2 === 1) {
      while ((await findJob(t.deps.db, importId))!.cursor_row === before && child.exitCode === null) await sleep(5);
    }
    await sleep(Math.random() * 250);
    child.kill('SIGKILL');
    await exited;
    cursors.push((await findJob(t.deps.db, importId))!.cursor_row);
  }
  const child = start(importId);
  const exited = once(child, 'exit');
  const says: unknown[] = [];
  child.on('message', (message) => says.push(message));
  await exited;
  expect(says.at(-1)).toBe('done');
  expect(new Set(cursors).size).toBeGreaterThan(2);

  const rejected = Math.floor(ROWS / 100);
  let repeated = 0;
  for (let n = 251; n <= ROWS; n += 250) if (n % 100 !== 0) repeated++;
  const orders = ROWS - rejected - repeated;
  expect(await findJob(t.deps.db, importId)).toMatchObject({
    status: 'done',
    rows_read: ROWS,
    created_count: orders,
    updated_count: 0,
    unchanged_count: repeated,
    rejected_count: rejected,
    conflict_count: 0,
  });
  const [whole] = await t.deps.db.query(
    null,
    `select (select count(*)::int from complaint) as orders, (select count(distinct external_no)::int from complaint) as numbers,
            (select count(*)::int from complainant) as citizens, (select count(*)::int from handling_round) as rounds,
            (select count(*)::int from intake_record) as records,
            (select count(*)::int from audit_event where action = 'complaint.import') as events,
            (select count(distinct object_id)::int from audit_event where action = 'complaint.import') as event_objects,
            (select count(*)::int from import_reject) as rejects`,
  );
  expect(whole).toEqual({
    orders,
    numbers: orders,
    citizens: orders,
    rounds: orders,
    records: orders,
    events: orders,
    event_objects: orders,
    rejects: rejected,
  });

  // What was killed while comparing was compared once, by the import or by the next one at work.
  await detectMatters(t.deps);
  const [compared] = await t.deps.db.query(
    null,
    `select count(*)::int as orders, count(turn)::int as compared, count(distinct turn)::int as turns,
            (select count(*)::int from matter m where m.order_count <> (select count(*) from matter_order o where o.matter_id = m.id)) as miscounted
       from matter_order`,
  );
  expect(compared).toEqual({ orders, compared: orders, turns: orders, miscounted: 0 });

  // And once more, whole: nothing is new.
  expect(
    await importFile(t.deps, { path: files[0]!, fileName: '工单.csv', sourceCode: 'hotline', createdBy: null }),
  ).toMatchObject({ read: ROWS, created: 0, updated: 0, unchanged: orders + repeated, rejected, conflicts: 0 });
});

test('two runners of one import take each row once between them', async () => {
  const others = Array.from({ length: 10_000 }, (_, n) => fixtureRow(n + 2_000_000));
  const importId = await queued(others);
  const children = [start(importId), start(importId)];
  await Promise.all(children.map((child) => once(child, 'exit')));
  const job = (await findJob(t.deps.db, importId))!;
  expect(job).toMatchObject({ status: 'done', rows_read: 10_000, created_count: 10_000, unchanged_count: 0 });
});

test('two imports of the same file at once create every order once', async () => {
  const path = await writeFixture(Array.from({ length: 5_000 }, (_, n) => fixtureRow(n + 1_000_000)));
  files.push(path);
  const input = { path, fileName: '工单.csv', sourceCode: 'hotline', createdBy: null };
  const results = await Promise.all([importFile(t.deps, input), importFile(t.deps, input)]);
  expect(results[0].created + results[1].created).toBe(5_000);
  expect(results[0].unchanged + results[1].unchanged).toBe(5_000);
});
