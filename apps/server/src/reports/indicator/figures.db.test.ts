import type { Role } from '@bihuan/domain/access';
import {
  DIMENSIONS,
  type Dimension,
  INDICATOR_IDS,
  type IndicatorId,
  type Part,
  parsePeriod,
  periodInstants,
  periodsUpTo,
} from '@bihuan/domain/indicator';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Database } from '../../platform/db/index.ts';
import { figureOf, readFigures, readLeftOut, readOrderIds, readTrend, spanOf } from './figures.query.ts';
import { insertMany } from './many-rounds.fixture.ts';
import { countOrders, listOrders } from './orders.query.ts';
import {
  freshDatabase,
  insertPlace,
  insertRounds,
  type Place,
  type RoundFact,
  randomRounds,
  seeded,
} from './random-rounds.fixture.ts';
import { figureStatement } from './statement.query.ts';
import { figureTable } from './table.service.ts';

const NOW = Date.parse('2023-06-20T10:00:00+08:00');
const PERIODS = ['2023-06', '2023-05', '2023-W24', '2023-06-19', '2023-Q2', '2022'];

/** The definitions of docs/indicators.md, counted the slow way by hand-written code that shares nothing with the SQL. */
function recount(
  facts: readonly RoundFact[],
  id: IndicatorId,
  from: number,
  to: number,
): { hit: RoundFact[]; all: RoundFact[] } {
  const asOf = Math.min(to, NOW);
  const inside = (at: number | null) => at !== null && at >= from && at < asOf;
  const counted = facts.filter((f) => f.excludedAt === null && f.declinedAt === null);
  const moving = (f: RoundFact, due: number) => f.pausedAt !== null && f.pausedAt <= due;
  let all: RoundFact[];
  let good: (f: RoundFact) => boolean;
  if (id === 'volume') {
    all = counted.filter((f) => f.round === 1 && inside(f.startedAt));
    good = () => true;
  } else if (id === 'first_contact') {
    all = counted.filter((f) => inside(f.firstContactDueAt));
    all = all.filter((f) => f.firstContactAt !== null || f.concludedAt !== null || !moving(f, f.firstContactDueAt));
    good = (f) => f.firstContactAt !== null && f.firstContactAt <= f.firstContactDueAt;
  } else if (id === 'on_time') {
    all = counted.filter((f) => inside(f.dueAt)).filter((f) => f.concludedAt !== null || !moving(f, f.dueAt));
    good = (f) => f.concludedAt !== null && f.concludedAt <= f.dueAt;
  } else {
    all = counted.filter((f) => inside(f.followedUpAt) && f.reached === true);
    if (id === 'satisfaction') all = all.filter((f) => f.satisfaction !== null);
    good = (f) =>
      id === 'resolution'
        ? f.solved === true
        : id === 'reopen'
          ? f.reopened
          : f.satisfaction === 'satisfied' || f.satisfaction === 'fairly';
  }
  return { hit: all.filter(good), all };
}

const keyOf = (fact: RoundFact, dimension: Dimension): string | null =>
  dimension === 'district' ? null : fact[dimension];

const actor = (role: Role, unitId: string, personId: string, townId: string | null): RequestActor => ({
  role,
  unitId,
  personId,
  townId,
  accountId: personId,
  sessionId: personId,
  postingId: personId,
  name: '',
  unitName: '',
  ip: null,
});

describe('figures, drill-down and an independent slow recount agree', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let db: Database;
  let place: Place & { source: string };
  let facts: RoundFact[];

  beforeAll(async () => {
    database = await freshDatabase(inject('postgresUrl'));
    db = database.db;
    place = await insertPlace(db, seeded(1), 4);
    facts = [11, 12, 13].flatMap((seed) =>
      randomRounds(place, { seed, orders: 400, from: NOW - 400 * 86_400_000, to: NOW, now: NOW }),
    );
    await insertRounds(db, place.source, facts);
  });
  afterAll(() => database.drop());

  test.each(PERIODS)('%s, every indicator by every dimension', async (text) => {
    const period = parsePeriod(text);
    const { from, to } = periodInstants(period);
    for (const dimension of Object.keys(DIMENSIONS) as Dimension[]) {
      const figures = await readFigures(db, spanOf(period, NOW, {}), dimension);
      const ids = await readOrderIds(db, spanOf(period, NOW, {}), dimension);
      for (const id of INDICATOR_IDS) {
        const { hit, all } = recount(facts, id, from, to);
        const keys = new Set([...figures.keys(), ...all.map((fact) => keyOf(fact, dimension))]);
        for (const key of keys) {
          const mine = {
            numerator: hit.filter((f) => keyOf(f, dimension) === key),
            denominator: all.filter((f) => keyOf(f, dimension) === key),
          };
          const figure = figureOf(figures.get(key), id);
          expect([dimension, key, id, figure.numerator, figure.denominator]).toEqual([
            dimension,
            key,
            id,
            mine.numerator.length,
            mine.denominator.length,
          ]);
          const behind = ids.get(key)?.[id];
          expect([...(behind?.denominator ?? [])].sort()).toEqual(mine.denominator.map((f) => f.complaintId).sort());
          expect([...(behind?.numerator ?? [])].sort()).toEqual(mine.numerator.map((f) => f.complaintId).sort());
        }
      }
    }
  });

  test('the data holds what the rules are about', () => {
    const { from, to } = periodInstants(parsePeriod('2023-06'));
    const { hit, all } = recount(facts, 'on_time', from, to);
    expect(all.length).toBeGreaterThan(hit.length);
    expect(all.some((fact) => fact.concludedAt === null)).toBe(true);
    expect(facts.some((f) => f.pausedAt !== null && f.pausedAt <= f.dueAt && f.dueAt >= from && f.dueAt < NOW)).toBe(
      true,
    );
    expect(facts.some((f) => f.pausedAt !== null && f.pausedAt > f.dueAt)).toBe(true);
    expect(facts.some((f) => f.excludedAt !== null)).toBe(true);
    expect(facts.some((f) => f.round > 1)).toBe(true);
  });

  test.each([
    ['squadron_leader', 'unit'],
    ['officer', 'own'],
    ['town_liaison', 'town'],
    ['bureau_leader', 'all'],
  ] as const)('a %s opens exactly those orders of a figure that are in scope, page by page, and is told how many are not', async (role, sees) => {
    const own = place.units[1]!;
    const me = actor(role, role === 'town_liaison' ? own.town : own.id, own.officers[0]!, own.town);
    const inScope = (fact: RoundFact) =>
      sees === 'all' ||
      (sees === 'unit'
        ? fact.unit === own.id
        : sees === 'town'
          ? fact.town === own.town
          : fact.officer === own.officers[0]);
    const period = parsePeriod('2023-Q2');
    const { from, to } = periodInstants(period);
    for (const id of INDICATOR_IDS) {
      for (const part of ['denominator', 'numerator', 'missed'] as Part[]) {
        const { hit, all } = recount(facts, id, from, to);
        const wanted =
          part === 'denominator' ? all : part === 'numerator' ? hit : all.filter((fact) => !hit.includes(fact));
        const span = spanOf(period, NOW, {});
        expect(await countOrders(db, me, id, span, part)).toEqual({
          total: wanted.length,
          visible: wanted.filter(inScope).length,
        });
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof listOrders>> = await listOrders(db, me, id, span, part, {
            after,
            limit: 17,
          });
          seen.push(...page.items.map((order) => `${order.id}/${order.round}/${order.hit}`));
          after = page.next;
        } while (after !== null);
        expect(seen.sort()).toEqual(
          wanted
            .filter(inScope)
            .map((fact) => `${fact.complaintId}/${fact.round}/${hit.includes(fact)}`)
            .sort(),
        );
      }
    }
  });

  test('filters narrow the figure as they narrow the list', async () => {
    const period = parsePeriod('2023-05');
    const { from, to } = periodInstants(period);
    const leader = actor('bureau_leader', place.units[0]!.id, place.units[0]!.officers[0]!, null);
    for (const filters of [
      { unit: place.units[0]!.id, category: 't.wall' },
      { unit: null },
      { town: place.units[2]!.town, officer: null },
      { category: null },
    ]) {
      const mine = facts.filter((fact) =>
        Object.entries(filters).every(([key, value]) => fact[key as 'unit'] === value),
      );
      const span = spanOf(period, NOW, filters);
      const figures = await readFigures(db, span, 'district');
      for (const id of INDICATOR_IDS) {
        const { hit, all } = recount(mine, id, from, to);
        expect(figureOf(figures.get(null), id)).toEqual({ numerator: hit.length, denominator: all.length });
        expect((await countOrders(db, leader, id, span, 'denominator')).total).toBe(all.length);
      }
    }
  });

  test.each([
    '2023-06',
    '2023-W24',
    '2023-Q2',
    '2023',
    '2023-06-20',
  ])('a trend up to %s is its periods one by one', async (until) => {
    const periods = periodsUpTo(parsePeriod(until), 3);
    const whole = { ...periods[0]!, end: periods[2]!.end };
    const buckets = await readTrend(db, spanOf(whole, NOW, {}), periods[0]!.kind);
    for (const period of periods) {
      const one = await readFigures(db, spanOf(period, NOW, {}), 'district');
      for (const id of INDICATOR_IDS) {
        expect([period.text, id, figureOf(buckets.get(period.text), id)]).toEqual([
          period.text,
          id,
          figureOf(one.get(null), id),
        ]);
      }
    }
  });

  test('excluded and declined orders are in no figure and are counted apart', async () => {
    const period = parsePeriod('2023-Q2');
    const { from, to } = periodInstants(period);
    const leftOut = await readLeftOut(db, spanOf(period, NOW, {}), 'unit');
    const begun = facts.filter((f) => f.round === 1 && f.startedAt >= from && f.startedAt < Math.min(to, NOW));
    const sum = [...leftOut.values()].reduce((total, one) => total + one.excluded + one.declined, 0);
    expect(sum).toBe(begun.filter((f) => f.excludedAt !== null || f.declinedAt !== null).length);
    expect(sum).toBeGreaterThan(0);
  });

  test('a table’s rows add up to its total, and its ranks are those of its rates', async () => {
    const table = await figureTable(db, { period: parsePeriod('2023-Q2'), dimension: 'unit', filters: {}, now: NOW });
    for (const id of INDICATOR_IDS) {
      const sum = table.rows.reduce((total, row) => total + row.figures[id]!.denominator, 0);
      expect(sum).toBe(table.total.figures[id]!.denominator);
    }
    const ranked = table.rows.filter((row) => row.figures.resolution!.rank !== null);
    expect(ranked.length).toBe(4);
    for (const a of ranked) {
      for (const b of ranked) {
        if (a.figures.resolution!.rank! < b.figures.resolution!.rank!) {
          expect(a.figures.resolution!.rate!).toBeGreaterThan(b.figures.resolution!.rate!);
        }
      }
    }
    expect(table.rows.find((row) => row.key === null)!.figures.resolution!.rank).toBeNull();
    expect(table.rows.every((row) => row.key === null || row.composite !== null)).toBe(true);
  });
});

describe('cost', () => {
  test('a month’s ranking among 200,000 orders reads its month from the indexes and never the whole table', async () => {
    const database = await freshDatabase(inject('postgresUrl'));
    try {
      const { db } = database;
      const place = await insertPlace(db, seeded(2), 15);
      await insertMany(db, place.source, { orders: 200_000, from: '2013-07-01', to: '2023-06-20' });
      const admin = new pg.Client({ connectionString: database.url });
      await admin.connect();
      await admin.query('vacuum analyze bihuan.handling_round');
      await admin.query('vacuum analyze bihuan.complaint');
      await admin.end();
      for (const dimension of ['unit', 'town', 'category', 'officer', 'district'] as Dimension[]) {
        const statement = figureStatement(spanOf(parsePeriod('2023-05'), NOW, {}), { dimension });
        const rows = await db.query<{ 'QUERY PLAN': string }>(null, `explain ${statement.text}`, statement.values);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect(plan).not.toMatch(/Seq Scan on (handling_round|complaint)/);
        expect(plan.match(/Index Only Scan using round_/g)).toHaveLength(4);
      }
    } finally {
      await database.drop();
    }
  }, 300_000);
});
