import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { hashPassword } from '../../modules/identity/index.ts';
import { sealAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { schematicBoundaries } from './boundaries.ts';
import { CopyTable } from './copy.ts';
import { World } from './matters.ts';
import { multiply } from './multiply.ts';
import { DEMO_PASSWORD, type DemoOrganisation, makeOrganisation, Staff } from './organisation.ts';
import { DEMO_FROM, DEMO_ORDERS, DEMO_SEED, DEMO_TO } from './period.ts';
import { type DemoPlace, makePlaces } from './places.ts';
import { random } from './random.ts';
import { OrderRows } from './rows.ts';
import { type SimulationContext, simulate } from './simulate.ts';

export interface DemoOptions {
  /** Orders received from 2022-07-01 to 2023-06-30; the current stock comes on top. */
  readonly orders?: number;
  readonly seed?: number;
  /** Nothing happens after this instant: orders not closed by then stay open. Default: the clock's present. */
  readonly now?: Date;
  /** Also some 400 orders, most of them still open, of the ten working days before `now`, when `now` lies after the main period. */
  readonly currentStock?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DemoResult {
  /** `false`: the demo was there already. */
  readonly loaded: boolean;
  readonly orders: number;
}

export class DemoError extends Error {}

/** Up to here every order lives through the state machine; more are copies of these, moved to earlier years. */
export const SIMULATED_AT_MOST = 100_000;

const CURRENT_ORDERS = 400;
const CURRENT_WORKDAYS = 10;
const BATCH = 500;
/** Nobody uses the system yet, so larger steps than the job's. */
const SEALED_AT_ONCE = 20_000;
/** Orders made between two looks at the network. */
const BREATH = 20;

export interface DemoMarker {
  readonly seed: number;
  readonly orders: number;
  readonly done: boolean;
}

/**
 * Fills an empty, migrated system that has its base data with the demo district. Up to 100,000 orders come in one
 * transaction; beyond that the copies come in steps, and a load cut short is taken up by the next call.
 * @throws DemoError when the system holds other data
 */
export async function loadDemo(
  deps: Pick<Deps, 'db' | 'keyring' | 'workingTime' | 'clock'>,
  options: DemoOptions = {},
): Promise<DemoResult> {
  const client = await deps.db.connect();
  try {
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await client.query("select pg_advisory_lock(hashtext('bihuan:demo:' || current_schema()))");
    const marker = await readMarker(client);
    if (marker?.done) return { loaded: false, orders: marker.orders };
    const seed = marker?.seed ?? options.seed ?? DEMO_SEED;
    const orders = marker?.orders ?? options.orders ?? DEMO_ORDERS;
    const progress = options.onProgress ?? (() => {});
    if (!marker) await loadSimulated(client, deps, { ...options, seed, orders }, progress);
    if (orders > SIMULATED_AT_MOST) {
      await multiply(client, orders, (done) => progress(done, orders));
      await writeMarker(client, { seed, orders, done: true });
    }
    // Only the tables' owner may gather statistics.
    await client.query('set role none');
    await client.query('analyze');
    // Beyond that the ledger is a bench's: the job seals it by and by.
    if (orders <= SIMULATED_AT_MOST) await sealAudit(deps.db, undefined, SEALED_AT_ONCE);
    return { loaded: true, orders };
  } finally {
    await client.end();
  }
}

async function readMarker(client: pg.ClientBase): Promise<DemoMarker | null> {
  const { rows } = await client.query<{ value: DemoMarker }>("select value from setting where key = 'demo.loaded'");
  return rows[0]?.value ?? null;
}

async function writeMarker(client: pg.ClientBase, marker: DemoMarker): Promise<void> {
  await client.query(
    "insert into setting (key, effective_from, value) values ('demo.loaded', '2020-01-01', $1) on conflict (key, effective_from) do update set value = excluded.value",
    [JSON.stringify(marker)],
  );
}

async function loadSimulated(
  client: pg.ClientBase,
  deps: Pick<Deps, 'keyring' | 'workingTime' | 'clock'>,
  options: DemoOptions & { seed: number; orders: number },
  progress: (done: number, total: number) => void,
): Promise<void> {
  const { seed } = options;
  const until = options.now?.getTime() ?? deps.clock.now();
  const { calendar, budgetRule } = deps.workingTime;
  await client.query('begin');
  try {
    const { rows: existing } = await client.query('select 1 from complaint limit 1');
    const { rows: units } = await client.query('select 1 from unit limit 1');
    if (existing.length > 0 || units.length > 0)
      throw new DemoError('系统里已有组织或诉件，不能再装入演示数据。请另用一个数据文件夹（BIHUAN_DATA）。');
    const organisation = makeOrganisation(seed);
    const places = makePlaces(seed);
    await insertOrganisation(client, organisation, await hashPassword(DEMO_PASSWORD));
    await insertPlaces(client, organisation, places);
    const { rows: sources } = await client.query<{ code: string; id: string }>('select code, id from intake_source');
    const sourceIds = new Map(sources.map(({ code, id }) => [code, id]));
    const context: SimulationContext = {
      organisation,
      staff: new Staff(organisation),
      calendar,
      budgetRule,
      sourceIds,
      until,
    };
    await insertBoundaries(client, organisation);
    const rows = new OrderRows({
      seed,
      keyring: deps.keyring,
      sourceIds,
      unitIds: new Map(organisation.units.map(({ code, id }) => [code, id])),
    });

    const { rows: sequence } = await client.query<{ first: number }>(
      "select nextval('complaint_number_seq')::int as first",
    );
    let running = sequence[0]!.first;
    const total = options.orders;
    const main = Math.min(total, SIMULATED_AT_MOST);
    const first = running;
    let sending = Promise.resolve();
    const run = async (world: World, from: number, to: number, count: number, current: boolean): Promise<void> => {
      for (const incoming of world.orders(from, to, count)) {
        rows.add(simulate(context, incoming, random(seed, 51, running)), running, current);
        running++;
        if ((running - first) % BATCH === 0) {
          // The database takes in one batch while the next is made.
          await sending;
          sending = rows.flush(client);
          sending.catch(() => {});
          progress(Math.min(running - first, main), total);
        }
        if (running % BREATH === 0) await setImmediate();
      }
    };
    const mainTo = Math.min(DEMO_TO, until);
    await run(new World(seed, places, DEMO_FROM, mainTo, main), DEMO_FROM, mainTo, main, false);
    const stockFrom = workdaysBefore(calendar, until, CURRENT_WORKDAYS);
    if ((options.currentStock ?? true) && stockFrom > DEMO_TO) {
      const count = Math.min(CURRENT_ORDERS, main);
      await run(new World(seed + 1, places, stockFrom, until, 10 * count), stockFrom, until, count, true);
    }
    await sending;
    await rows.flush(client);
    await client.query("select count(nextval('complaint_number_seq')) from generate_series(1, $1)", [
      Math.max(0, running - first - 1),
    ]);
    await writeMarker(client, { seed, orders: total, done: total <= SIMULATED_AT_MOST });
    await client.query('commit');
    progress(main, total);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function workdaysBefore(calendar: SimulationContext['calendar'], instant: number, days: number): number {
  return calendar.instantAt(calendar.positionOf(instant) - days * calendar.workingMinutesPerDay * 60_000);
}

async function insertOrganisation(
  client: pg.ClientBase,
  organisation: DemoOrganisation,
  passwordHash: string,
): Promise<void> {
  const unit = new CopyTable('unit', 'id, code, name, short_name, kind, parent_id, town_id, phone, sort');
  organisation.units.forEach((u, index) => {
    unit.add(u.id, u.code, u.name, u.short, u.kind, u.parentId, u.townId, u.phone, index);
  });
  const person = new CopyTable('person', 'id, staff_no, name, badge_no');
  const posting = new CopyTable('posting', 'id, person_id, unit_id, role, title, started_on, ended_on');
  const account = new CopyTable('account', 'id, person_id, username, password_hash, must_change');
  for (const p of organisation.people) {
    person.add(p.id, p.staffNo, p.name, p.badgeNo);
    for (const o of p.postings) posting.add(o.id, p.id, o.unitId, o.role, o.title, o.startedOn, o.endedOn);
    account.add(p.accountId, p.id, p.username, passwordHash, false);
  }
  for (const table of [unit, person, posting, account]) await table.flush(client);
}

async function insertPlaces(
  client: pg.ClientBase,
  organisation: DemoOrganisation,
  places: readonly DemoPlace[],
): Promise<void> {
  const table = new CopyTable('place', 'id, kind, name, aliases, town_id, unit_id, lng, lat');
  for (const p of places) {
    const squadron = organisation.squadrons.find(({ town }) => town === p.town)!;
    table.add(p.id, p.kind, p.name, p.aliases, organisation.towns[p.town]!.id, squadron.unit.id, p.lng, p.lat);
  }
  await table.flush(client);
}

async function insertBoundaries(client: pg.ClientBase, organisation: DemoOrganisation): Promise<void> {
  const table = new CopyTable('map_boundary', 'unit_id, geometry, lng, lat');
  schematicBoundaries().forEach(({ geometry, label }, town) => {
    table.add(organisation.towns[town]!.id, JSON.stringify(geometry), label.lng, label.lat);
  });
  await table.flush(client);
  await client.query(
    "update map_setting set boundary_source = '演示数据按街镇中心生成', schematic = true, boundary_at = now()",
  );
}
