import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import type { Jobs } from '../deps.ts';
import { Problem } from '../errors.ts';
import { createJobs } from './index.ts';

let t: TestApp;
let jobs: Jobs;
beforeEach(async () => {
  t = await testApp();
  jobs = anotherProcess();
});
afterEach(async () => {
  await jobs.stop();
  await t.close();
});

function anotherProcess(): Jobs {
  return createJobs({ databaseUrl: t.adminUrl, schema: t.deps.db.schema, log: pino({ level: 'silent' }) });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error('did not happen within 10 s');
}

async function queueRows(): Promise<{ task: string; attempts: number; last_error: string | null }[]> {
  const client = new pg.Client({ connectionString: t.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      'select task_identifier as task, attempts, last_error from bihuan_jobs.jobs order by id',
    );
    return rows;
  } finally {
    await client.end();
  }
}

describe('a job', () => {
  test('runs after the commit of the transaction that added it, and not after a rollback', async () => {
    const seen: unknown[] = [];
    jobs.handle('test.note', async (payload) => void seen.push(payload.text));
    await t.deps.db.transaction((trx) => jobs.add(trx, 'test.note', { text: 'kept' }));
    await expect(
      t.deps.db.transaction(async (trx) => {
        await jobs.add(trx, 'test.note', { text: 'undone' });
        throw new Error('business failure');
      }),
    ).rejects.toThrow('business failure');
    await jobs.drain();
    expect(seen).toEqual(['kept']);
  });

  test('added twice with one key waits once, with the newer payload', async () => {
    const seen: unknown[] = [];
    jobs.handle('test.keyed', async (payload) => void seen.push(payload.n));
    await jobs.add(t.deps.db, 'test.keyed', { n: 1 }, { key: 'one' });
    await jobs.add(t.deps.db, 'test.keyed', { n: 2 }, { key: 'one' });
    await jobs.drain();
    expect(seen).toEqual([2]);
  });

  test('is picked up by a running worker, and stopping aborts the work and waits for it', async () => {
    let state = 'idle';
    jobs.handle('test.long', async (_payload, { signal }) => {
      state = 'running';
      while (!signal.aborted) await sleep(10);
      await sleep(100);
      state = 'wound up';
    });
    await jobs.start();
    await jobs.add(t.deps.db, 'test.long', {});
    await until(() => state === 'running');
    await jobs.stop();
    expect(state).toBe('wound up');
  });

  test('that fails keeps what happened without quoting values, and is tried again later', async () => {
    jobs.handle('test.fails', async () => {
      throw new Error('duplicate key (phone)=(13800000000) value "张三"\n    at somewhere');
    });
    await jobs.add(t.deps.db, 'test.fails', { secret: randomUUID() });
    await expect(jobs.drain()).rejects.toThrow('duplicate key');
    const [row] = await queueRows();
    expect(row).toMatchObject({ task: 'test.fails', attempts: 1 });
    expect(row!.last_error).toBe('Error: duplicate key (phone)=(…) value …');
  });

  test('that fails for a reason known to users keeps that reason', async () => {
    jobs.handle('test.problem', async () => {
      throw new Problem(400, 'empty_file', '文件是空的');
    });
    await jobs.add(t.deps.db, 'test.problem', {});
    await expect(jobs.drain()).rejects.toThrow('empty_file');
    expect((await queueRows())[0]!.last_error).toBe('empty_file：文件是空的');
  });

  test('held by a killed process is taken up by the next one to start', async () => {
    await jobs.add(t.deps.db, 'test.orphan', {});
    const client = new pg.Client({ connectionString: t.adminUrl });
    await client.connect();
    await client.query(
      "update bihuan_jobs._private_jobs set locked_by = 'pool-of-a-killed-process', locked_at = now() - interval '1 minute', attempts = 1",
    );
    await client.end();
    let done = 0;
    jobs.handle('test.orphan', async () => {
      done += 1;
    });
    await jobs.start();
    await until(() => done === 1);
  });

  test('held by a living process is left to it', async () => {
    let started = 0;
    let finish = () => {};
    const other = anotherProcess();
    for (const process of [jobs, other]) {
      process.handle('test.held', async () => {
        started += 1;
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      });
    }
    try {
      await jobs.start();
      await jobs.add(t.deps.db, 'test.held', {});
      await until(() => started === 1);
      const client = new pg.Client({ connectionString: t.adminUrl });
      await client.connect();
      await client.query("update bihuan_jobs._private_jobs set locked_at = now() - interval '1 minute'");
      await client.end();
      await other.start();
      await sleep(300);
      expect(started).toBe(1);
    } finally {
      finish();
      await other.stop();
    }
  });
});

test('the app role cannot read or change the queue except through the function that adds', async () => {
  await jobs.add(t.deps.db, 'test.note', { secret: 1 });
  for (const sql of [
    'select payload from bihuan_jobs._private_jobs',
    'delete from bihuan_jobs._private_jobs',
    "select bihuan_jobs.add_job('test.note')",
  ]) {
    await expect(t.deps.db.query(null, sql), sql).rejects.toMatchObject({ code: '42501' });
  }
});
