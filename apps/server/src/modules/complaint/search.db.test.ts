import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { type TestApp, testApp } from '../../testing/app.ts';
import { handledOrder, registerOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { importFile } from '../intake/index.ts';
import { complaintWhere, type Sort } from './list.query.ts';
import { searchPage } from './search.query.ts';
import { indexSearch } from './search-index.jobs.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

interface Found {
  ids: string[];
  total: number;
}

async function find(q: string, query = '', limit = 100, as = d.clerk): Promise<Found> {
  const ids: string[] = [];
  let total = -1;
  for (let after = ''; ; ) {
    const { status, body } = await t.call(
      as,
      'GET',
      `/complaints?q=${encodeURIComponent(q)}&limit=${limit}${query}${after && `&after=${encodeURIComponent(after)}`}`,
    );
    if (status !== 200) throw new Error(JSON.stringify(body));
    if (total < 0) total = body.total;
    ids.push(...body.items.map((item: { id: string }) => item.id));
    if (!body.next) return { ids, total };
    after = body.next;
  }
}

/** The same through the index only, however few orders there are; or through the orders only. */
async function findBy(way: 'index' | 'orders', words: string[], sort: Sort, limit: number): Promise<Found> {
  const ids: string[] = [];
  let total = -1;
  for (let after: string | undefined; ; ) {
    // A filter that lets all pass, so that there is a choice.
    const where = complaintWhere(t.deps, d.clerk.actor, { receivedFrom: '2000-01-01' });
    const most = way === 'index' ? -1 : Number.POSITIVE_INFINITY;
    const page = await searchPage(
      t.deps.db,
      where,
      { words, phoneIds: [] },
      { sort, after, limit, from: null, until: null },
      { cost: most, rows: most },
    );
    if (total < 0) total = page.total;
    ids.push(...page.rows.map((row) => row.id));
    if (!page.next) return { ids, total };
    after = page.next;
  }
}

interface Order {
  id: string;
  number: string;
  external_no: string | null;
  title: string;
  address: string | null;
  content: string;
  received_at: Date;
  due_at: Date;
  replies: string[];
}

/** Every order with its texts, read without any of the search's own code. */
const everything = (): Promise<Order[]> =>
  t.deps.db.query<Order & Record<string, unknown>>(
    null,
    `select c.id, c.number, c.external_no, c.title, c.address, c.content, c.received_at, c.due_at,
            coalesce((select array_agg(x) from handling_round r, unnest(array[r.result, r.follow_up_note]) x where r.complaint_id = c.id and x is not null), '{}') as replies
       from complaint c`,
  );

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The definition, written down a second time: what is found and in which order. */
function expected(orders: readonly Order[], query: string, sort: Sort): string[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const ranked = orders.flatMap((order) => {
    const places = [[order.number, order.external_no, order.title], [order.address], [order.content], order.replies];
    const ranks = words.map((word) =>
      places.findIndex((texts) => texts.some((text) => plain(text ?? '').includes(word))),
    );
    return ranks.includes(-1) ? [] : [{ order, rank: Math.max(...ranks) }];
  });
  const before = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
  return ranked
    .sort((a, b) =>
      sort === 'due'
        ? before(a.order.due_at.getTime(), b.order.due_at.getTime()) || before(a.order.id, b.order.id)
        : (sort === 'relevance' ? a.rank - b.rank : 0) ||
          before(b.order.received_at.getTime(), a.order.received_at.getTime()) ||
          before(b.order.id, a.order.id),
    )
    .map(({ order }) => order.id);
}

const CHARS = [...'友谊路牡丹江居民扰aAbＢ12１-%_\\[]，。 '];
const someText = (maxLength: number) =>
  fc.array(fc.constantFrom(...CHARS), { minLength: 1, maxLength }).map((all) => all.join(''));
const someOrder = fc.record({
  title: someText(12),
  address: fc.option(someText(8)),
  content: someText(40),
  externalNo: fc.boolean(),
  result: fc.option(someText(20)),
  note: fc.option(someText(20)),
  // Few instants, years apart, so that many are equal.
  received: fc
    .constantFrom('2016-02-29', '2021-11-01', '2023-05-01', '2023-06-01', '2023-06-02', '2023-06-03')
    .chain((day) => fc.constantFrom(`${day}T00:00:00+08:00`, `${day}T12:30:15+08:00`)),
  due: fc.constantFrom('2023-06-08', '2023-06-09', '2024-01-01'),
});
type SomeOrder = typeof someOrder extends fc.Arbitrary<infer T> ? T : never;

let sequence = 0;
async function insert(order: SomeOrder): Promise<void> {
  sequence += 1;
  await t.deps.db.query(
    null,
    `with c as (insert into complaint (number, external_no, source_id, kind, urgency, title, content, address, status, received_at, due_at, first_contact_due_at)
        select $1, $2, s.id, 'ordinary', 'normal', $3, $4, $5, 'handling', $6, $9, $9 from intake_source s where s.code = 'hotline' returning id)
     insert into handling_round (complaint_id, round, kind, urgency, started_at, due_at, first_contact_due_at, result, follow_up_note)
     select id, 1, 'ordinary', 'normal', $6, $9, $9, $7, $8 from c`,
    [
      `S${sequence}`,
      order.externalNo ? `外${sequence}-友谊` : null,
      order.title,
      order.content,
      order.address,
      order.received,
      order.result,
      order.note,
      order.due,
    ],
  );
}

/** Every order and whatever hangs on it, the ones found to be of one matter too. */
const clear = async (): Promise<void> => {
  const traces = ['matter_alert', 'matter_suggestion', 'matter_order', 'matter', 'matter_key']
    .concat(['handling_round', 'complainant', 'complaint_search', 'search_pending'])
    .map((table) => `${table}_gone as (delete from ${table})`);
  await t.deps.db.query(null, `with ${traces.join(', ')} delete from complaint`);
};

describe('random texts, words cut out of them', () => {
  beforeEach(async () => void (await clear()));

  it('the search finds what reading every order finds, in every order, on every page, indexed or waiting, after every change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someOrder, { minLength: 5, maxLength: 25 }),
        fc.array(someOrder, { maxLength: 5 }),
        fc.array(fc.record({ from: fc.nat(), at: fc.nat(30), length: fc.integer({ min: 2, max: 6 }) }), {
          minLength: 3,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 7 }),
        async (first, later, cuts, limit) => {
          await clear();
          for (const order of first) await insert(order);
          await indexSearch(t.deps, undefined, { batch: 7, breath: false });
          for (const order of later) await insert(order);
          // Some change their words after they were indexed.
          await t.deps.db.query(
            null,
            "update complaint set title = title || '改民', content = replace(content, '居', '路牡'), address = '丹江' where id in (select id from complaint order by id desc limit 2)",
          );
          await t.deps.db.query(
            null,
            "update handling_round set result = '已查处扰民', follow_up_note = null where complaint_id in (select id from complaint order by id limit 2)",
          );
          for (const phase of ['waiting', 'indexed']) {
            if (phase === 'indexed') await indexSearch(t.deps, undefined, { batch: 3, breath: false });
            const orders = await everything();
            for (const { from, at, length } of cuts) {
              const order = orders[from % orders.length]!;
              const texts = [order.content, order.title, order.address, ...order.replies, order.number];
              const text = texts[at % texts.length] ?? order.content;
              const start = text.length <= length ? 0 : at % (text.length - length);
              const query = text.slice(start, start + length).trim();
              const words = plain(query).split(/\s+/).filter(Boolean);
              if (words.every((word) => word.length < 2)) continue;
              for (const sort of ['received', 'relevance', 'due'] as const) {
                const wanted = expected(orders, query, sort);
                const same = { ids: wanted, total: wanted.length };
                expect(await find(query, `&sort=${sort}`, limit), `${phase} ${sort} “${query}”`).toEqual(same);
                expect(await findBy('index', words, sort, limit), `index ${phase} ${sort} “${query}”`).toEqual(same);
                expect(await findBy('orders', words, sort, limit), `orders ${phase} ${sort} “${query}”`).toEqual(same);
              }
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('what is typed', () => {
  it('one character is refused, an empty search is none, a word of one character narrows another', async () => {
    await registerOrder(t, d.clerk, { title: '友谊路摊贩占道' });
    await registerOrder(t, d.clerk, { title: '友谊路路灯不亮' });
    const refused = await t.call(d.clerk, 'GET', `/complaints?q=${encodeURIComponent(' 路 ')}`);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toBe('请输入至少两个字');
    expect((await t.call(d.clerk, 'GET', '/complaints?q=%20')).body.items.length).toBeGreaterThan(0);
    expect((await find('友谊路 摊')).ids).toHaveLength(1);
    expect((await t.call(d.clerk, 'GET', '/complaints/export.xlsx?q=%E8%B7%AF')).status).toBe(400);
  });

  it('shows where the words stand: in the title, and in a line of the content or a reply', async () => {
    const { id } = await handledOrder(t, d, { title: '水产路噪声', content: `${'前'.repeat(60)}深夜装卸货物很吵。` });
    await walk(
      t,
      id,
      [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }],
      [d.officer, { action: 'visit', note: '到场', measures: ['persuade'] } as never],
      [d.officer, { action: 'submit', result: '已责令商户夜间禁止装卸。', measures: ['persuade'] } as never],
    );
    const hit = async (q: string) => {
      const { body } = await t.call(d.clerk, 'GET', `/complaints?q=${encodeURIComponent(q)}`);
      return body.items.find((item: { id: string }) => item.id === id)?.hit;
    };
    expect(await hit('水产路')).toMatchObject({ title: [[0, 3]], snippet: null, phone: false });
    const content = (await hit('深夜')).snippet;
    expect(content).toMatchObject({ field: 'content' });
    expect(content.ranges.map(([from, to]: number[]) => content.text.slice(from, to))).toEqual(['深夜']);
    expect((await hit('责令商户')).snippet).toMatchObject({
      field: 'reply',
      text: '已责令商户夜间禁止装卸。',
      ranges: [[1, 5]],
    });
    expect((await t.call(d.clerk, 'GET', '/complaints')).body.items[0].hit).toBeUndefined();
  });

  it('filters apply to what is found, and the export holds the same orders', async () => {
    const near = await registerOrder(t, d.clerk, { title: '淞南公园遛犬', townId: d.units.a.townId });
    await registerOrder(t, d.clerk, { title: '淞南公园路面', townId: d.units.b.townId });
    expect((await find('淞南公园')).ids).toHaveLength(2);
    expect((await find('淞南公园', `&townId=${d.units.a.townId}`)).ids).toEqual([near.id]);
    expect((await find('淞南公园', '&status=closed')).ids).toEqual([]);
    expect((await find('淞南公园', '&receivedFrom=2023-06-05&receivedTo=2023-06-05')).ids).toHaveLength(2);
    expect((await find('淞南公园', '&receivedTo=2023-06-04')).ids).toEqual([]);
  });
});

describe('a bulk import', () => {
  it('is found the moment it is in, and after it is indexed', async () => {
    const path = join(tmpdir(), `bihuan-search-${process.pid}.csv`);
    await writeFile(
      path,
      [
        '工单编号,受理时间,标题,诉求内容',
        ...Array.from(
          { length: 60 },
          (_, n) => `S${7_000 + n},2023-06-01 10:00,大厦渗水,市民反映鎏金大厦第${n}层渗水。`,
        ),
      ].join('\r\n'),
    );
    const result = await importFile(t.deps, { path, fileName: '工单.csv', sourceCode: 'hotline', createdBy: null });
    await rm(path);
    expect(result.created).toBe(60);
    for (const round of ['waiting', 'indexed']) {
      expect((await find('鎏金', '', 17)).total, round).toBe(60);
      expect((await findBy('index', ['金大'], 'received', 13)).ids, round).toHaveLength(60);
      expect((await find('第3层')).ids, round).toHaveLength(1);
      await indexSearch(t.deps, undefined, { batch: 25, breath: false });
    }
    const [row] = await t.deps.db.query<{ n: number }>(null, 'select count(*)::int as n from search_pending');
    expect(row!.n).toBe(0);
  });
});

describe('a phone number', () => {
  const looks = () =>
    t.deps.db.query<{ actor_id: string; data: { hits: number }; text: string }>(
      null,
      "select actor_id, data, row_to_json(e)::text as text from audit_event e where action = 'complaint.search_phone' order by id",
    );

  it('finds its orders for those who may see complainants, in their scope, and every look is in the ledger without the number', async () => {
    const mobile = { complainantName: '钱七', complainantPhone: '13611113333' };
    const a = await handledOrder(t, d, mobile);
    const b = await registerOrder(t, d.clerk, { ...mobile, townId: d.units.b.townId });
    const line = await registerOrder(t, d.clerk, { complainantPhone: '021-56780000' });
    for (const round of ['waiting', 'indexed']) {
      expect((await find('13611113333')).ids.sort(), round).toEqual([a.id, b.id].sort());
      expect((await find('136-1111-3333', '&sort=relevance')).ids.sort()).toEqual([a.id, b.id].sort());
      expect((await find('021 56780000', '&sort=due')).ids).toEqual([line.id]);
      expect((await find('13611113333', '', 100, d.officer)).ids).toEqual([a.id]);
      expect((await find('13611113333', '', 100, d.otherInner)).ids).toEqual([]);
      await indexSearch(t.deps, undefined, { breath: false });
    }
    const { body } = await t.call(d.clerk, 'GET', '/complaints?q=13611113333');
    expect(body.items.every((item: { hit: { phone: boolean } }) => item.hit.phone)).toBe(true);
    const recorded = await looks();
    const of = (person: typeof d.clerk) =>
      recorded.filter((look) => look.actor_id === person.actor.personId).map((look) => look.data.hits);
    // Asked again soon after by the same session, it is the same look.
    expect(of(d.clerk)).toEqual([2, 1]);
    expect(of(d.officer)).toEqual([1]);
    expect(of(d.otherInner)).toEqual([0]);
    for (const { text } of recorded) expect(text).not.toMatch(/13611113333|1361111|56780000/);
    t.clock.advance(11 * 60_000);
    await find('13611113333', '', 100, d.officer);
    expect(await looks()).toHaveLength(recorded.length + 1);
  });

  it('is nothing but text for those who may not: no hit, no trace, no hint', async () => {
    await handledOrder(t, d, { complainantPhone: '13611114444' });
    const before = (await looks()).length;
    for (const person of [d.liaison, d.partnerLiaison]) {
      const known = await t.call(person, 'GET', '/complaints?q=13611114444');
      const unknown = await t.call(person, 'GET', '/complaints?q=13611115555');
      expect(known.body).toEqual(unknown.body);
      expect(known.body.items).toEqual([]);
    }
    expect(await looks()).toHaveLength(before);
    // Part of a number is no number.
    expect((await find('1361111444')).ids).toEqual([]);
    expect((await find('3611114444')).ids).toEqual([]);
  });
});

describe('the plan', () => {
  it('of a search among many goes through the index and reads few rows', async () => {
    await t.deps.db.query(
      null,
      `insert into complaint (number, source_id, kind, urgency, title, content, status, received_at, due_at, first_contact_due_at)
       select 'P' || n, s.id, 'ordinary', 'normal', '月浦镇' || n || '号油烟', '居民反映餐馆油烟直排' || case when n % 1000 = 7 then '，鸿禧苑' else '' end || repeat('，请尽快处理', 12), 'closed',
              timestamptz '2023-05-01' - n * interval '1 hour', '2023-06-08', '2023-06-08'
         from generate_series(1, 16000) n, intake_source s where s.code = 'hotline'`,
    );
    await t.deps.db.query(
      null,
      `insert into handling_round (complaint_id, round, kind, urgency, started_at, due_at, first_contact_due_at)
       select id, 1, 'ordinary', 'normal', received_at, due_at, due_at from complaint where number like 'P%'`,
    );
    await indexSearch(t.deps, undefined, { batch: 1000, breath: false });
    const owner = new (await import('pg')).default.Client({ connectionString: t.adminUrl });
    await owner.connect();
    await owner.query(
      'analyze bihuan.complaint; analyze bihuan.complaint_search; analyze bihuan.search_pending; analyze bihuan.handling_round',
    );
    await owner.end();
    // 672 orders a period. A common word is read up to the cap of 1,000 and to the end of the step of periods it falls in,
    // wherever the periods begin: at most 328 + 672 + 2 × 672.
    for (const [words, most, shown] of [
      [['油烟'], 2_344, 20],
      [['鸿禧'], 20, 16],
      [['鸿禧苑'], 20, 16],
      [['没有'], 4, 0],
    ] as const) {
      const plans: string[] = [];
      const explain =
        (sql: Sql): Sql['query'] =>
        async (name, text, values) => {
          if (text.includes('walk'))
            plans.push(JSON.stringify((await sql.query(null, `explain (analyze, format json) ${text}`, values))[0]));
          return sql.query(name, text, values);
        };
      const explained = {
        kysely: t.deps.db.kysely,
        query: explain(t.deps.db),
        transaction: <T>(work: (trx: Trx) => Promise<T>) =>
          t.deps.db.transaction((trx) => work({ ...trx, query: explain(trx) })),
      };
      const where = complaintWhere(t.deps, d.clerk.actor, {});
      const page = await searchPage(
        explained,
        where,
        { words, phoneIds: [] },
        { sort: 'received', after: undefined, limit: 20, from: null, until: null },
      );
      expect(page.rows).toHaveLength(shown);
      expect(plans).toHaveLength(1);
      const nodes = nodesOf(JSON.parse(plans[0]!)['QUERY PLAN'][0].Plan);
      expect(nodes.some((node) => node['Index Name'] === 'complaint_search_keys')).toBe(true);
      expect(
        nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
      ).not.toContain('complaint');
      expect(
        nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
      ).not.toContain('complaint_search');
      const read = nodes
        .filter((node) => node['Relation Name'] === 'complaint_search')
        .reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
      expect(read, words.join()).toBeLessThanOrEqual(most);
    }
  });
});

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: PlanNode[];
}
const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
