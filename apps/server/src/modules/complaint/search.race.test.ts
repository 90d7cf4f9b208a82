import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { registerOrder, type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { complaintWhere } from './list.query.ts';
import { searchPage } from './search.query.ts';
import { indexSearch } from './search-index.jobs.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

/** Orders that hold the word, through the index and what waits, never by reading every order. */
async function found(word: string): Promise<string[]> {
  const where = complaintWhere(t.deps, d.clerk.actor, {});
  const request = { sort: 'received', after: undefined, limit: 500, from: null, until: null } as const;
  const page = await searchPage(t.deps.db, where, { words: [word], phoneIds: [] }, request);
  return page.rows.map((row) => row.id).sort();
}

const waiting = async (): Promise<number> =>
  (await t.deps.db.query<{ n: number }>(null, 'select count(*)::int as n from search_pending'))[0]!.n;

/** Four characters nobody else has. */
const wordOf = (n: number): string =>
  String.fromCharCode(0x4e00 + (n % 5000), 0x6000 + Math.floor(n / 5000), 0x7000 + (n % 700), 0x5000);

describe('changes while the index is made', () => {
  it('are found at once and for ever: two indexers, many writers, connections killed under the indexers', async () => {
    const orders = await Promise.all(
      Array.from({ length: 24 }, async (_, n) => ({
        ...(await registerOrder(t, d.clerk, { title: wordOf(n) })),
        word: n,
      })),
    );
    const admin = new pg.Client({ connectionString: t.adminUrl });
    await admin.connect();
    let running = true;
    let kills = 0;
    let next = orders.length;
    const indexer = async () => {
      while (running) await indexSearch(t.deps, undefined, { batch: 5, breath: false }).catch(() => sleep(5));
    };
    const killer = async () => {
      while (running) {
        // In the middle of a batch: after the lock, before the commit.
        const { rowCount } = await admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (query like '%complaint_search s%' or query like 'insert into complaint_search%' or query like 'delete from search_pending%') and pid <> pg_backend_pid() and state <> 'idle'",
        );
        kills += rowCount ?? 0;
        await sleep(15);
      }
    };
    const writer = async (mine: typeof orders) => {
      for (let turn = 0; turn < 12; turn++)
        for (const order of mine) {
          const word = next++;
          const column = turn % 2 === 0 ? 'title' : 'content';
          const stored = await t.deps.db
            .query(null, `update complaint set ${column} = $2 where id = $1`, [order.id, wordOf(word)])
            .catch(() => null);
          if (!stored) continue;
          order.word = word;
          // Committed: found now, by whatever way.
          const ids = await found(wordOf(word)).catch(() => null);
          if (ids) expect(ids).toEqual([order.id]);
        }
    };
    const background = [indexer(), indexer(), killer()];
    await Promise.all([0, 1, 2].map((part) => writer(orders.filter((_, n) => n % 3 === part))));
    running = false;
    await Promise.all(background);
    await admin.end();
    expect(kills).toBeGreaterThan(0);
    await indexSearch(t.deps, undefined, { breath: false });
    expect(await waiting()).toBe(0);
    for (const order of orders) expect(await found(wordOf(order.word)), order.number).toEqual([order.id]);
  });

  it('that are not committed yet when a batch is read stay waiting', async () => {
    const { id } = await registerOrder(t, d.clerk, { title: '原来的标题' });
    await indexSearch(t.deps, undefined, { breath: false });
    const other = new pg.Client({ connectionString: t.adminUrl, options: '-c search_path=bihuan,public' });
    await other.connect();
    await other.query('begin');
    await other.query("update complaint set title = '后来的标题' where id = $1", [id]);
    await t.deps.db.query(null, "update complaint set content = '原来的内容' where id <> $1", [id]);
    await indexSearch(t.deps, undefined, { breath: false });
    expect(await found('原来的标题')).toEqual([id]);
    expect(await found('后来的标题')).toEqual([]);
    await other.query('commit');
    await other.end();
    expect(await found('原来的标题')).toEqual([]);
    expect(await found('后来的标题')).toEqual([id]);
    expect(await waiting()).toBe(1);
    await indexSearch(t.deps, undefined, { breath: false });
    expect(await waiting()).toBe(0);
    expect(await found('后来的标题')).toEqual([id]);
    expect(await found('原来的标题')).toEqual([]);
  });

  it('of a state, which leave the words alone, make no work for the index', async () => {
    const { id } = await registerOrder(t, d.clerk);
    await indexSearch(t.deps, undefined, { breath: false });
    for (const command of [{ action: 'accept' }, { action: 'dispatch', unitId: d.units.a.id }])
      expect(
        (await t.call(d.clerk, 'POST', `/complaints/${id}/commands`, { commandId: crypto.randomUUID(), command }))
          .status,
      ).toBe(200);
    expect(await waiting()).toBe(0);
  });

  it('reach the index by themselves, soon after they are made', async () => {
    await t.deps.live.start();
    const { id } = await registerOrder(t, d.clerk, { title: '自动编入' });
    await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
    expect(await found('自动编入')).toEqual([id]);
  });
});
