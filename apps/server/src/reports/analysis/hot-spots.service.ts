import type { HotSpots, Spot, SpotRise } from '@bihuan/contract/analysis';
import {
  type Expectation,
  expectationFor,
  findRises,
  HISTORY_WEEKS,
  LEVEL_WEEKS,
  type Rise,
  type Series,
  upperBound,
} from '@bihuan/domain/hotspot';
import { dateAt } from '@bihuan/domain/workday';
import type { Sql } from '../../platform/db/index.ts';
import {
  countByPlace,
  countByTown,
  countPlaces,
  type Names,
  ordersOfWeek,
  type Reader,
  readMatters,
  readNames,
  WEEK_MS,
  type WeekOrder,
  weeksOfHistory,
  weeksOfSpot,
} from './hot-spots.query.ts';

const DAY_MS = 86_400_000;
const LISTED = 30;
const PARTS = 4;
const MATTERS = 3;

/** Midnight after a day in Asia/Shanghai. */
export const endOfDay = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) + DAY_MS;
const spanOf = (end: number, ago: number): { from: string; to: string } => ({
  from: dateAt(end - (ago + 1) * WEEK_MS),
  to: dateAt(end - ago * WEEK_MS - DAY_MS),
});

interface Counted {
  readonly spot: Spot;
  readonly counts: Float64Array;
}

/**
 * What rose in the seven days up to and with `to`, of what the reader may see; measure 13 热点诉件的分析研判.
 * @param to a day in Asia/Shanghai
 */
export async function findHotSpots(sql: Sql, reader: Reader, to: string): Promise<HotSpots> {
  const end = endOfDay(to);
  const [weeks, byTown, byPlace, silent, orders] = await Promise.all([
    weeksOfHistory(sql, end),
    countByTown(sql, reader, end),
    countByPlace(sql, reader, end),
    countPlaces(sql, reader, end),
    ordersOfWeek(sql, reader, end),
  ]);
  const names = await readNames(sql, [...new Set(byPlace.map(({ place }) => place))]);

  const all = new Float64Array(HISTORY_WEEKS + 1);
  const ofCategory = new Map<string, Float64Array>();
  const counted = new Map<string, Counted>();
  const add = (key: string, week: number, count: number, length: number, spot: () => Spot): Float64Array => {
    let series = counted.get(key);
    if (!series) {
      series = { spot: spot(), counts: new Float64Array(length) };
      counted.set(key, series);
    }
    series.counts[week]! += count;
    return series.counts;
  };
  for (const { week, town, category, count } of byTown) {
    if (week >= all.length) continue;
    all[week]! += count;
    const spot = (kind: Spot['kind'], townId: string | null, categoryCode: string | null) => () =>
      spotOf(names, { kind, townId, categoryCode, placeId: null });
    if (town) add(`t${town}`, week, count, all.length, spot('town', town, null));
    if (category)
      ofCategory.set(category, add(`c${category}`, week, count, all.length, spot('category', null, category)));
    if (town && category) add(`t${town}${category}`, week, count, all.length, spot('town_category', town, category));
  }
  for (const { week, place, category, count } of byPlace) {
    if (week > LEVEL_WEEKS) continue;
    const spot = (kind: Spot['kind'], categoryCode: string | null) => () =>
      spotOf(names, { kind, townId: null, categoryCode, placeId: place });
    add(`p${place}`, week, count, LEVEL_WEEKS + 1, spot('place', null));
    if (category) add(`p${place}${category}`, week, count, LEVEL_WEEKS + 1, spot('place_category', category));
  }
  const series: Series<Counted>[] = [...counted.values()].map((key) => ({
    key,
    counts: key.counts,
    all: (key.spot.categoryCode && ofCategory.get(key.spot.categoryCode)) || all,
    kind: key.spot.kind,
    brief: key.spot.placeId !== null,
  }));
  const given = series.filter(({ brief }) => brief).length;
  const { tested, rises } = findRises(series, weeks, Math.max(0, silent.places + silent.pairs - given));
  const total = expectationFor({ counts: all, all }, weeks);
  return {
    ...spanOf(end, 0),
    total: {
      observed: all[0]!,
      expected: total?.expected ?? null,
      bound: total && upperBound(total.expected, total.dispersion),
    },
    history: weeks,
    tested,
    rises: rises && (await describe(sql, rises, series, orders, names, { end, weeks })),
  };
}

function spotOf(names: Names, spot: Omit<Spot, 'label'>): Spot {
  const place = spot.placeId === null ? undefined : names.places.get(spot.placeId);
  const label = [
    spot.townId && names.towns.get(spot.townId),
    place && [place.townId && names.towns.get(place.townId), place.name].filter(Boolean).join(''),
    spot.categoryCode && (names.categories.get(spot.categoryCode) ?? spot.categoryCode),
  ];
  return { ...spot, label: label.filter(Boolean).join(' · ') };
}

const holds = (spot: Spot, order: WeekOrder): boolean =>
  (spot.townId === null || spot.townId === order.town) &&
  (spot.categoryCode === null || spot.categoryCode === order.category) &&
  (spot.placeId === null || spot.placeId === order.place);

/**
 * Each rise once: of a street, its town and its category that rise together the narrowest is told that makes the others
 * rise; they are named with it.
 */
async function describe(
  sql: Sql,
  found: readonly Rise<Counted>[],
  series: readonly Series<Counted>[],
  orders: readonly WeekOrder[],
  names: Names,
  { end, weeks }: { end: number; weeks: number },
): Promise<SpotRise[]> {
  const members = new Map(found.map((rise) => [rise, orders.filter((order) => holds(rise.key.spot, order))]));
  const narrowness = { place_category: 0, place: 1, town_category: 2, town: 3, category: 4 } as const;
  const ordered = [...found].sort(
    (a, b) => narrowness[a.key.spot.kind] - narrowness[b.key.spot.kind] || a.chance - b.chance,
  );
  const told: { rise: Rise<Counted>; broader: Rise<Counted>[] }[] = [];
  for (const rise of ordered) {
    const mine = new Set(members.get(rise));
    // Without what the narrower one has too many, this one would not be remarkable.
    const because = told.find(({ rise: one }) => {
      const inside = members.get(one)!.filter((order) => mine.has(order)).length;
      return inside * 2 > one.observed && rise.observed - (inside - one.expected) < rise.bound;
    });
    if (because) because.broader.push(rise);
    else told.push({ rise, broader: [] });
  }
  told.sort((a, b) => a.rise.chance - b.rise.chance || b.rise.observed - a.rise.observed);
  const listed = told.slice(0, LISTED);
  const matters = await readMatters(sql, [...new Set(orders.map(({ matter }) => matter))]);
  const allOf = new Map(series.map((one) => [one.key, one]));
  return listed.map(({ rise, broader }) => {
    const mine = members.get(rise)!;
    const { spot, counts } = rise.key;
    return {
      spot,
      observed: rise.observed,
      expected: rise.expected,
      bound: rise.bound,
      ratio: rise.ratio,
      falseShare: rise.falseShare,
      seasonal: rise.seasonal,
      weeks: expectedWeeks(allOf.get(rise.key)!, weeks).map((expected, ago) => ({
        ...spanOf(end, ago),
        observed: counts[ago]!,
        expected: expected?.expected ?? null,
      })),
      matters: groups(mine, ({ matter }) => matter)
        .filter(({ items }) => items.length > 1)
        .slice(0, MATTERS)
        .map(({ key, items }) => ({
          id: key,
          title: items[0]!.title,
          count: items.length,
          callers: new Set(items.flatMap(({ caller }) => caller ?? [])).size,
          unit: matters.get(key)?.unit ?? null,
          settled: matters.get(key)?.settled ?? false,
        })),
      parts: partsOf(spot, mine, names),
      night: mine.filter(({ night }) => night).length,
      callers: new Set(mine.flatMap(({ caller }) => caller ?? [])).size,
      reopened: mine.filter(({ reopened }) => reopened).length,
      broader: broader.map((one) => ({ spot: one.key.spot, observed: one.observed, expected: one.expected })),
    };
  });
}

/** What each of the last 26 weeks let expect, seen from before it. */
function expectedWeeks({ counts, all, brief = false }: Series<Counted>, weeks: number): (Expectation | null)[] {
  const from = (values: ArrayLike<number>, ago: number) => Array.from(values).slice(ago);
  return Array.from({ length: LEVEL_WEEKS }, (_, ago) =>
    expectationFor({ counts: from(counts, ago), all: from(all, ago), brief }, weeks - ago),
  );
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): { key: string; items: T[] }[] {
  const map = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = map.get(key);
    if (group) group.push(item);
    else map.set(key, [item]);
  }
  return [...map].map(([key, group]) => ({ key, items: group })).sort((a, b) => b.items.length - a.items.length);
}

/** By what the spot itself does not say: of a place or town its categories, of a category its places. */
function partsOf(spot: Spot, mine: readonly WeekOrder[], names: Names): SpotRise['parts'] {
  const byCategory = spot.categoryCode === null;
  if (!byCategory && spot.placeId !== null) return [];
  const key = (order: WeekOrder) => (byCategory ? order.category : order.place) ?? '';
  return groups(mine, key)
    .filter((group) => group.key !== '' && group.items.length > 1)
    .slice(0, PARTS)
    .map((group) => ({
      spot: byCategory
        ? spotOf(names, {
            kind: spot.placeId ? 'place_category' : 'town_category',
            townId: spot.townId,
            placeId: spot.placeId,
            categoryCode: group.key,
          })
        : spotOf(names, { kind: 'place_category', townId: null, placeId: group.key, categoryCode: spot.categoryCode }),
      count: group.items.length,
    }));
}

/** A spot's count in the seven days up to `to`, and what to expect of it by the same rule. */
export async function countSpot(
  sql: Sql,
  reader: Reader,
  spot: Spot,
  to: string,
): Promise<{ observed: number; expectation: Expectation | null }> {
  const end = endOfDay(to);
  const weeks = await weeksOfHistory(sql, end);
  const everything: Spot = {
    kind: 'category',
    townId: null,
    placeId: null,
    categoryCode: spot.categoryCode,
    label: '',
  };
  const [counts, all] = await Promise.all([
    weeksOfSpot(sql, reader, end, spot, HISTORY_WEEKS + 1),
    weeksOfSpot(sql, reader, end, everything, HISTORY_WEEKS + 1),
  ]);
  return { observed: counts[0]!, expectation: expectationFor({ counts, all, brief: spot.placeId !== null }, weeks) };
}
