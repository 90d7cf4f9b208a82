import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { permits, ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { complaintWhere } from './list.query.ts';
import { searchPage } from './search.query.ts';
import { indexSearch } from './search-index.jobs.ts';

interface Order {
  id: string;
  number: string;
  unitId: string | null;
  townId: string | null;
  officerId: string | null;
  jointUnitIds: string[];
  status: string;
}

/** A fixed sequence: a failure can be repeated. */
function randoms(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]! };
}

let t: TestApp;
const people: TestPerson[] = [];
const orders: Order[] = [];
/** A word in every order’s text, to search for. */
const WORD = '牡丹江路';

/** Who sees what, written down a second time and independently of the SQL. */
function mayOpen(person: TestPerson, order: Order): boolean {
  const { role, unitId, personId, townId } = person.actor;
  if (
    [
      'coordination_clerk',
      'coordination_chief',
      'supervisor',
      'supervision_chief',
      'case_reviewer',
      'political_staff',
      'section_staff',
      'bureau_leader',
      'discipline_inspector',
    ].includes(role)
  )
    return true;
  if (role === 'squadron_clerk' || role === 'squadron_leader')
    return order.unitId === unitId || order.jointUnitIds.includes(unitId);
  if (role === 'officer') return order.officerId === personId;
  if (role === 'town_liaison') return order.townId === townId;
  if (role === 'partner_liaison') return order.jointUnitIds.includes(unitId);
  return false;
}

beforeAll(async () => {
  t = await testApp();
  const random = randoms(20230605);
  const squadrons = [await t.unit('squadron'), await t.unit('squadron'), await t.unit('squadron')];
  const partners = [await t.unit('partner'), await t.unit('partner')];
  const others = { bureau: await t.unit('bureau'), section: await t.unit('section') };
  const officers: TestPerson[] = [];
  for (const role of ROLE_NAMES) {
    const kind = roleDefinition(role).unitKinds[0];
    for (let i = 0; i < (kind === 'squadron' ? 3 : kind === 'partner' || kind === 'town' ? 2 : 1); i += 1) {
      const unitId =
        kind === 'squadron'
          ? squadrons[i]!.id
          : kind === 'town'
            ? squadrons[i]!.townId!
            : kind === 'partner'
              ? partners[i]!.id
              : kind === 'section'
                ? others.section.id
                : others.bureau.id;
      const person = await t.person(unitId, role);
      people.push(person);
      if (role === 'officer') officers.push(person);
    }
  }
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'hotline'");
  for (let n = 0; n < 120; n += 1) {
    const status = random.pick([
      'received',
      'accepted',
      'dispatched',
      'handling',
      'reviewing',
      'following_up',
      'closed',
      'declined',
    ]);
    const squadron = ['received', 'accepted', 'declined'].includes(status) ? null : random.pick(squadrons);
    const officer =
      squadron && !['dispatched'].includes(status) && random.next() < 0.7
        ? officers.find((o) => o.actor.unitId === squadron.id)!
        : null;
    const town = random.next() < 0.8 ? random.pick(squadrons).townId : null;
    const joint =
      squadron && random.next() < 0.4
        ? [random.pick([...partners, ...squadrons.filter((s) => s !== squadron)]).id]
        : [];
    const [row] = await t.deps.db.query<{ id: string; number: string }>(
      null,
      `with c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, officer_id, town_id, received_at, due_at, first_contact_due_at)
          values ($1, $2, 'ordinary', 'normal', $3, $3, $4, $5, $6, $7, '2023-06-01', '2023-06-08', '2023-06-02') returning id, number),
        r as (insert into handling_round (complaint_id, round, kind, urgency, unit_id, town_id, officer_id, started_at, due_at, first_contact_due_at)
          select id, 1, 'ordinary', 'normal', $5, $7, $6, '2023-06-01', '2023-06-08', '2023-06-02' from c)
       select id, number from c`,
      [`T${n}`, source!.id, `${WORD}第${n}件`, status, squadron?.id ?? null, officer?.actor.personId ?? null, town],
    );
    for (const unitId of joint)
      await t.deps.db.query(null, 'insert into complaint_joint_unit values ($1, $2)', [row!.id, unitId]);
    orders.push({
      ...row!,
      unitId: squadron?.id ?? null,
      townId: town,
      officerId: officer?.actor.personId ?? null,
      jointUnitIds: joint,
      status,
    });
  }
});
afterAll(() => t.close());

const name = (person: TestPerson) => `${person.actor.role}@${person.actor.unitName}`;
const expectedOf = (person: TestPerson) => orders.filter((order) => mayOpen(person, order));

async function listAll(person: TestPerson, query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const { status, body } = await t.call(person, 'GET', `/complaints?limit=50${query}${after}`);
    if (status !== 200) return [];
    ids.push(...body.items.map((item: { id: string }) => item.id));
    if (!body.next) return ids;
    after = `&after=${encodeURIComponent(body.next)}`;
  }
}

describe('random people over random orders', () => {
  it('the oracle knows every role', () => {
    expect(new Set(people.map((person) => person.actor.role))).toEqual(new Set<Role>(ROLE_NAMES));
    for (const person of people)
      if (roleDefinition(person.actor.role).scope !== 'none')
        expect(expectedOf(person).length, name(person)).toBeGreaterThan(0);
  });

  it('list, search, filter and count show exactly what may be seen', async () => {
    for (const person of people) {
      const expected = expectedOf(person)
        .map((order) => order.id)
        .sort();
      const q = `&q=${encodeURIComponent(WORD)}`;
      for (const query of ['', '&sort=due', q, `${q}&sort=relevance`, `${q}&sort=due`]) {
        expect((await listAll(person, query)).sort(), `${name(person)} ${query}`).toEqual(expected);
      }
      const counted = await t.call(person, 'GET', `/complaints?limit=1${q}`);
      if (counted.status === 200) expect(counted.body.total, name(person)).toBe(expected.length);
      const other = orders.find((order) => order.unitId && !mayOpen(person, order));
      if (other) {
        // A filter by somebody else’s unit must not widen the view.
        const visible = orders
          .filter((order) => order.unitId === other.unitId && mayOpen(person, order))
          .map((order) => order.id);
        expect((await listAll(person, `&unitId=${other.unitId}`)).sort()).toEqual(visible.sort());
        expect(await listAll(person, `&q=${other.number}`)).not.toContain(other.id);
      }
      const { status, body } = await t.call(person, 'GET', '/complaints/counts');
      if (status === 200) {
        const open = expectedOf(person).filter((order) => order.status !== 'closed' && order.status !== 'declined');
        expect(
          Object.values<number>(body.byStatus).reduce((a, b) => a + b, 0),
          name(person),
        ).toBe(open.length);
      }
    }
  });

  it('a search through the index shows what may be seen of what matches, whether indexed or waiting', async () => {
    for (const phase of ['waiting', 'indexed']) {
      for (const person of people) {
        const matching = expectedOf(person).filter((order) => `第${order.number.slice(1)}件`.includes('第1'));
        for (const sort of ['received', 'relevance', 'due'] as const) {
          const where = complaintWhere(t.deps, person.actor, {});
          const request = { sort, after: undefined, limit: 200, from: null, until: null };
          const search = { words: ['第1', WORD], phoneIds: [] };
          const page = await searchPage(t.deps.db, where, search, request, { cost: -1, rows: -1 });
          expect(page.rows.map((row) => row.id).sort(), `${phase} ${sort} ${name(person)}`).toEqual(
            matching.map((order) => order.id).sort(),
          );
          expect(page.total).toBe(matching.length);
        }
      }
      await indexSearch(t.deps, undefined, { breath: false });
    }
  });

  it('what is out of scope is not there: detail, command, batch, reveal, link and export alike', async () => {
    const random = randoms(7);
    for (const person of people) {
      for (let i = 0; i < 12; i += 1) {
        const order = random.pick(orders);
        const visible = mayOpen(person, order);
        const detail = await t.call(person, 'GET', `/complaints/${order.id}`);
        const permitted = permits(person.actor, 'complaint.read');
        expect(detail.status, `${name(person)} ${order.number}`).toBe(permitted ? (visible ? 200 : 404) : 403);
        if (visible) continue;
        const tried = [
          await t.call(person, 'POST', `/complaints/${order.id}/commands`, {
            commandId: randomUUID(),
            command: { action: 'note', note: '试探' },
          }),
          await t.call(person, 'POST', `/complaints/${order.id}/reveal`, { reason: '试探' }),
          await t.call(person, 'POST', `/complaints/${order.id}/citizen-link`),
        ];
        for (const answer of tried) {
          expect([403, 404]).toContain(answer.status);
          expect(JSON.stringify(answer.body)).not.toContain(order.number);
        }
        const batch = await t.call(person, 'POST', '/complaints/batch', {
          commandId: randomUUID(),
          ids: [order.id],
          command: { action: 'accept' },
        });
        if (batch.status === 200) expect(batch.body.results[0]).toMatchObject({ ok: false, status: null });
      }
    }
  });

  it('the export holds the same rows as the list', async () => {
    for (const person of people.filter((one) => permits(one.actor, 'complaint.export'))) {
      const answer = await t.call(person, 'GET', '/complaints/export.xlsx');
      const path = join(tmpdir(), `bihuan-export-${randomUUID()}.xlsx`);
      await writeFile(path, answer.raw);
      const sheet = await openSheet(path, { filename: 'export.xlsx' });
      const numbers: unknown[] = [];
      for await (const row of sheet.rows()) numbers.push(row.cells[0]);
      await rm(path);
      expect(numbers.slice(1).sort(), name(person)).toEqual(
        expectedOf(person)
          .map((order) => order.number)
          .sort(),
      );
    }
  });

  it('the work page and the live stream never step outside', async () => {
    const heard = new Map<TestPerson, Set<string>>();
    const stops = people.map((person) => {
      const set = new Set<string>();
      heard.set(person, set);
      return t.deps.live.subscribe(person.actor, (message) => {
        if (message.topic === 'complaint.changed') set.add(message.objectId);
      });
    });
    await t.deps.live.start();
    for (const order of orders) {
      await t.deps.db.query(
        null,
        "insert into outbox (topic, object_id, unit_id, town_id, officer_id, data) values ('complaint.changed', $1, $2, $3, $4, $5::jsonb)",
        [order.id, order.unitId, order.townId, order.officerId, JSON.stringify({ jointUnitIds: order.jointUnitIds })],
      );
    }
    t.deps.live.wake();
    const director = people.find((person) => person.actor.role === 'bureau_leader')!;
    await expect.poll(() => heard.get(director)!.size, { timeout: 15_000 }).toBe(orders.length);
    for (const stop of stops) stop();
    for (const person of people) {
      const expected = new Set(expectedOf(person).map((order) => order.id));
      expect([...heard.get(person)!].sort(), name(person)).toEqual([...expected].sort());
      const work = await t.call(person, 'GET', '/my-work');
      if (work.status === 200)
        for (const item of work.body.items) expect(expected.has(item.complaint.id), name(person)).toBe(true);
    }
  });
});
