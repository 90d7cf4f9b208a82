import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, migrate, openDatabase } from '../../platform/db/index.ts';

/** A migrated, empty database of its own on the test run's server. */
export async function freshDatabase(serverUrl: string): Promise<{ db: Database; url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  await server.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, 'bihuan');
  const db = openDatabase(url.href, 'bihuan', { poolSize: 4 });
  return {
    db,
    url: url.href,
    async drop() {
      await db.close();
      await server.query(`drop database ${name} with (force)`);
      await server.end();
    },
  };
}

/** One handling as raw facts; instants are epoch ms. */
export interface RoundFact {
  complaintId: string;
  round: number;
  unit: string | null;
  town: string | null;
  officer: string | null;
  category: string | null;
  startedAt: number;
  firstContactDueAt: number;
  dueAt: number;
  firstContactAt: number | null;
  concludedAt: number | null;
  followedUpAt: number | null;
  reached: boolean | null;
  solved: boolean | null;
  satisfaction: string | null;
  reopened: boolean;
  declinedAt: number | null;
  excludedAt: number | null;
  /** Of the complaint, when this is its last round. */
  pausedAt: number | null;
}

/** Small seeded generator (mulberry32): the same seed, the same data. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Place {
  units: readonly { id: string; town: string; officers: readonly string[] }[];
  categories: readonly string[];
}

/** Orders with every mixture of late, early, unreached, reopened, paused, excluded and unassigned, in hours on the hour so that edges are hit. */
export function randomRounds(
  place: Place,
  options: { seed: number; orders: number; from: number; to: number; now: number },
): RoundFact[] {
  const random = seeded(options.seed);
  const chance = (p: number) => random() < p;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const hours = (most: number) => Math.floor(random() * most) * HOUR;
  const past = (at: number | null) => (at === null || at > options.now ? null : at);
  const facts: RoundFact[] = [];
  for (let order = 0; order < options.orders; order += 1) {
    const complaintId = uuid(random);
    const unit = chance(0.05) ? null : pick(place.units);
    const officer = unit && chance(0.9) ? pick(unit.officers) : null;
    const category = chance(0.05) ? null : pick(place.categories);
    const declined = chance(0.03);
    const excluded = chance(0.04);
    let startedAt = options.from + Math.floor((random() * (options.to - options.from)) / HOUR) * HOUR;
    for (let round = 1; startedAt <= options.now; round += 1) {
      const firstContactDueAt = startedAt + DAY;
      const dueAt = startedAt + DAY + hours(9 * 24);
      const firstContactAt = declined ? null : past(chance(0.85) ? startedAt + hours(30) : null);
      const concludedAt = declined ? null : past(chance(0.9) ? startedAt + hours(12 * 24) : null);
      const followedUpAt = past(concludedAt !== null && chance(0.9) ? concludedAt + hours(5 * 24) : null);
      const reached = followedUpAt === null ? null : chance(0.8);
      const solved = reached ? chance(0.75) : null;
      const satisfaction =
        reached && chance(0.95) ? pick(['satisfied', 'satisfied', 'fairly', 'neutral', 'dissatisfied']) : null;
      const reopened = reached === true && (solved === false || satisfaction === 'dissatisfied') && chance(0.8);
      const open = followedUpAt === null && !declined;
      facts.push({
        complaintId,
        round,
        unit: unit?.id ?? null,
        town: unit?.town ?? null,
        officer,
        category,
        startedAt,
        firstContactDueAt,
        dueAt,
        firstContactAt,
        concludedAt,
        followedUpAt,
        reached,
        solved,
        satisfaction,
        reopened,
        declinedAt: declined ? past(startedAt + HOUR) : null,
        excludedAt: excluded ? past(startedAt + 2 * DAY) : null,
        pausedAt: open && concludedAt === null && chance(0.3) ? past(startedAt + hours(12 * 24)) : null,
      });
      if (!reopened || followedUpAt === null) break;
      startedAt = followedUpAt;
    }
  }
  return facts;
}

export function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Units, officers and categories to hang the orders on. */
export async function insertPlace(
  db: Database,
  random: () => number,
  units: number,
): Promise<Place & { source: string }> {
  const place = Array.from({ length: units }, () => ({
    id: uuid(random),
    town: uuid(random),
    officers: [uuid(random), uuid(random)],
  }));
  for (const [index, unit] of place.entries()) {
    await db.query(
      null,
      `with t as (insert into unit (id, code, name, short_name, kind, sort) values ($1, $3, $3, $3, 'town', $5) returning id)
       insert into unit (id, code, name, short_name, kind, town_id, sort) select $2, $4, $4, $4, 'squadron', t.id, $5 from t`,
      [unit.town, unit.id, `${index}镇`, `${index}中队`, index],
    );
    for (const officer of unit.officers) {
      await db.query(null, 'insert into person (id, staff_no, name) values ($1::uuid, ($1::uuid)::text, $2)', [
        officer,
        `队员${officer.slice(0, 4)}`,
      ]);
    }
  }
  await db.query(null, `insert into category (code, name) values ('t', '测试大类') on conflict do nothing`);
  const categories = ['t.wall', 't.stall', 't.fume'];
  await db.query(
    null,
    `insert into category (code, parent_code, name, hot, sort) select c, 't', c, c = 't.wall', 900 from unnest($1::text[]) c on conflict do nothing`,
    [categories],
  );
  const [source] = await db.query<{ id: string }>(
    null,
    `insert into intake_source (code, name, kind) values ('test', '测试来源', 'hotline') on conflict (code) do update set name = excluded.name returning id`,
  );
  return { units: place, categories, source: source!.id };
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Writes the facts: a complaint for each order, in the state its last round says, and its rounds. */
export async function insertRounds(db: Database, source: string, facts: readonly RoundFact[]): Promise<void> {
  const last = new Map(facts.map((fact) => [fact.complaintId, fact]));
  const received = new Map(facts.filter((fact) => fact.round === 1).map((fact) => [fact.complaintId, fact.startedAt]));
  const orders = [...last.values()].map((fact) => ({
    id: fact.complaintId,
    number: fact.complaintId,
    unit_id: fact.unit,
    town_id: fact.town,
    officer_id: fact.officer,
    category_code: fact.category,
    round: fact.round,
    received_at: instant(received.get(fact.complaintId)!),

    due_at: instant(fact.dueAt),
    paused_at: instant(fact.pausedAt),
    excluded_at: instant(fact.excludedAt),
    reopen_count: fact.round - 1,
    status:
      fact.declinedAt !== null
        ? 'declined'
        : fact.followedUpAt !== null
          ? 'closed'
          : fact.concludedAt !== null
            ? 'following_up'
            : fact.unit === null
              ? 'accepted'
              : 'handling',
  }));
  for (let at = 0; at < orders.length; at += 20_000) {
    await db.query(
      null,
      `insert into complaint (id, number, source_id, kind, urgency, title, content, status, unit_id, town_id, officer_id, category_code, round, received_at, due_at, paused_at, excluded_at, reopen_count)
       select x.id, x.number, $2, 'ordinary', 'normal', '测试诉件', '测试内容', x.status, x.unit_id, x.town_id, x.officer_id, x.category_code, x.round, x.received_at, x.due_at, x.paused_at, x.excluded_at, x.reopen_count
         from jsonb_to_recordset($1::jsonb) x(id uuid, number text, status text, unit_id uuid, town_id uuid, officer_id uuid, category_code text, round smallint,
              received_at timestamptz, due_at timestamptz, paused_at timestamptz, excluded_at timestamptz, reopen_count smallint)`,
      [JSON.stringify(orders.slice(at, at + 20_000)), source],
    );
  }
  const rounds = facts.map((fact) => ({
    complaint_id: fact.complaintId,
    round: fact.round,
    unit_id: fact.unit,
    town_id: fact.town,
    officer_id: fact.officer,
    category_code: fact.category,
    started_at: instant(fact.startedAt),
    first_contact_due_at: instant(fact.firstContactDueAt),
    due_at: instant(fact.dueAt),
    first_contact_at: instant(fact.firstContactAt),
    concluded_at: instant(fact.concludedAt),
    followed_up_at: instant(fact.followedUpAt),
    reached: fact.reached,
    solved: fact.solved,
    satisfaction: fact.satisfaction,
    reopened: fact.reopened,
    declined_at: instant(fact.declinedAt),
    excluded_at: instant(fact.excludedAt),
  }));
  for (let at = 0; at < rounds.length; at += 20_000) {
    await db.query(
      null,
      `insert into handling_round (complaint_id, round, kind, urgency, unit_id, town_id, officer_id, category_code, started_at, first_contact_due_at, due_at,
              first_contact_at, concluded_at, followed_up_at, reached, solved, satisfaction, reopened, declined_at, excluded_at)
       select x.complaint_id, x.round, 'ordinary', 'normal', x.unit_id, x.town_id, x.officer_id, x.category_code, x.started_at, x.first_contact_due_at, x.due_at,
              x.first_contact_at, x.concluded_at, x.followed_up_at, x.reached, x.solved, x.satisfaction, x.reopened, x.declined_at, x.excluded_at
         from jsonb_to_recordset($1::jsonb) x(complaint_id uuid, round smallint, unit_id uuid, town_id uuid, officer_id uuid, category_code text, started_at timestamptz,
              first_contact_due_at timestamptz, due_at timestamptz, first_contact_at timestamptz, concluded_at timestamptz, followed_up_at timestamptz, reached boolean,
              solved boolean, satisfaction text, reopened boolean, declined_at timestamptz, excluded_at timestamptz)`,
      [JSON.stringify(rounds.slice(at, at + 20_000))],
    );
  }
}
