import { gunzipSync } from 'node:zlib';
import { CategoryGuesser, type Suggestion, unpackModel } from '@bihuan/domain/category';
import {
  CategoryDictionary,
  type CategoryEntry,
  DispatchDictionary,
  type PlaceEntry,
  type UnitSuggestion,
} from '@bihuan/domain/dispatch';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';

/** The dictionary of places and categories in memory, read again when it is older than a minute. */
export interface Dictionary {
  suggestUnit(
    text: { address: string | null; content: string },
    history?: readonly { unitId: string; count: number }[],
  ): Promise<UnitSuggestion | null>;
  /** The likeliest first. */
  suggestCategories(title: string, content: string): Promise<(Suggestion & { name: string })[]>;
  /** For bulk work: everything at once, without waiting for each text. */
  load(): Promise<Loaded>;
}

interface Loaded {
  readonly dispatch: DispatchDictionary;
  readonly categories: CategoryGuesser;
  readonly categoryNames: ReadonlyMap<string, string>;
}

const FRESH_MS = 60_000;
const held = new WeakMap<Database, { at: number; value: Promise<Loaded> }>();

/** After places, categories or the squadrons of towns were changed: the next question reads them anew. */
export function forgetDictionary(db: Database): void {
  held.delete(db);
}

export function createDictionary(db: Database, clock: Clock): Dictionary {
  const load = () => {
    const known = held.get(db);
    if (known && clock.now() - known.at <= FRESH_MS) return known.value;
    const entry = { at: clock.now(), value: read(db) };
    held.set(db, entry);
    entry.value.catch(() => {
      if (held.get(db) === entry) held.delete(db);
    });
    return entry.value;
  };
  return {
    load,
    async suggestUnit(text, history) {
      return (await load()).dispatch.suggest(text, history);
    },
    async suggestCategories(title, content) {
      const { categories, categoryNames } = await load();
      return categories
        .suggest(title, content)
        .map((suggestion) => ({ ...suggestion, name: categoryNames.get(suggestion.code) ?? suggestion.code }));
    },
  };
}

async function read(db: Database): Promise<Loaded> {
  const [places, towns, categories, [model]] = await Promise.all([
    db.query<PlaceEntry>(
      null,
      'select id, kind, name, aliases, town_id as "townId", unit_id as "unitId" from place where closed_at is null',
    ),
    db.query<{ id: string; name: string; unitId: string | null }>(
      null,
      `select t.id, t.name, s.id as "unitId" from unit t
         left join unit s on s.town_id = t.id and s.kind = 'squadron' and s.closed_at is null
        where t.kind = 'town' and t.closed_at is null`,
    ),
    db.query<CategoryEntry & { name: string }>(
      null,
      'select code, name, keywords from category where closed_at is null and parent_code is not null',
    ),
    db.query<{ weights: Buffer; threshold: number | null }>(
      null,
      "select weights, threshold from category_model where state = 'active' and weights is not null",
    ),
  ]);
  return {
    dispatch: new DispatchDictionary(places, towns),
    categoryNames: new Map(categories.map(({ code, name }) => [code, name])),
    categories: new CategoryGuesser(
      new CategoryDictionary(categories),
      new Set(categories.map(({ code }) => code)),
      model ? { model: unpackModel(gunzipSync(model.weights)), threshold: model.threshold } : null,
    ),
  };
}

/** Squadrons that earlier concluded orders at exactly this address. */
export async function addressHistory(
  db: Database,
  address: string | null,
  exceptId: string,
): Promise<{ unitId: string; count: number }[]> {
  if (!address) return [];
  return db.query(
    'complaint.address_history',
    `select unit_id as "unitId", count(*)::int as count from
       (select unit_id from complaint where address = $1 and unit_id is not null and id <> $2 limit 50) x group by unit_id`,
    [address, exceptId],
  );
}
