import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { permits, ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../platform/deps.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { draftPlan, planOf, signVisit, startPlan, walkPlan } from '../../testing/inspection.ts';

const TITLE = '夜间暗访不告知督察';
const KEEPERS: readonly Role[] = ['supervision_chief', 'bureau_leader'];
/** The auditor's ledger tells that something was done to a record of some id, never what it says: ADR 0016. */
const LEDGER = /^\/audit\//;
/** Answers that never end, and such as tell of the asking itself. */
const NOT_ASKED = new Set(['system.live', 'live.stream', 'live']);
const ASKING_SHOWS = /^\/(sessions|accounts|security|identity|me|session)/;

let t: TestApp;
let matterId: string;
let unit: { id: string; name: string };
let other: { id: string; name: string };
let planner: TestPerson;
let chief: TestPerson;
let inspectors: TestPerson[];
/** Everybody who must not know: one of every role, those of the squadron in the inspected one, and a supervisor with no part. */
const outsiders: TestPerson[] = [];
const heard = new Map<TestPerson, LiveMessage[]>();
let sealed: { plan: string; number: string; visit: string; finding: string; file: string };
let before: Map<string, string>;
let after: Map<string, string>;

beforeAll(async () => {
  t = await testApp();
  const town = await t.unit('town');
  unit = await t.unit('squadron', '大场中队', town.id);
  other = await t.unit('squadron', '淞南中队');
  const supervision = await t.unit('section', '执法监督科');
  const bureau = await t.unit('bureau');
  const homes = { squadron: unit, town, section: await t.unit('section'), partner: await t.unit('partner'), bureau };
  planner = await t.person(supervision.id, 'supervisor');
  chief = await t.person(supervision.id, 'supervision_chief');
  inspectors = [await t.person(supervision.id, 'supervisor'), await t.person(homes.section.id, 'case_reviewer')];
  for (const role of ROLE_NAMES) {
    if (KEEPERS.includes(role)) continue;
    outsiders.push(await t.person(homes[roleDefinition(role).unitKinds[0] as keyof typeof homes].id, role));
  }
  outsiders.push(await t.person(supervision.id, 'supervisor'), await t.person(other.id, 'squadron_leader'));
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'hotline'");
  const [order] = await t.deps.db.query<{ id: string }>(
    null,
    `with c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, town_id, received_at, due_at, first_contact_due_at)
        values ('S1', $1, 'ordinary', 'normal', '夜间设摊', '夜间设摊', 'handling', $2, $3, '2023-06-01', '2023-06-08', '2023-06-02') returning id),
      x as (insert into complainant (complaint_id) select id from c),
      m as (insert into matter (id, title, order_count, first_at, last_at) select id, '夜间设摊', 1, '2023-06-01', '2023-06-01' from c)
     select id from c`,
    [source!.id, unit.id, town.id],
  );
  matterId = order!.id;
  await t.deps.db.query(null, 'update matter_order set matter_id = $1 where complaint_id = $1', [matterId]);
  await t.deps.live.start();
  await t.deps.jobs.drain();

  const later = TEST_NOW + 3_600_000;
  t.clock.set(later);
  before = await everything();
  t.clock.set(TEST_NOW);
  for (const person of outsiders) {
    const messages: LiveMessage[] = [];
    heard.set(person, messages);
    t.deps.live.subscribe(person.actor, (message) => messages.push(message));
  }
  const plan = await planOf(t, [unit], inspectors, { manner: 'covert', title: TITLE });
  const id = await draftPlan(t, planner, { ...plan, subjects: [{ ...plan.subjects[0]!, matterId, place: TITLE }] });
  await startPlan(t, id, planner, chief);
  const detail = (await t.call(planner, 'GET', `/inspection-plans/${id}`)).body;
  await signVisit(t, detail.visitList[0].id, inspectors);
  const visit = (await t.call(planner, 'GET', `/inspections/${detail.visitList[0].id}`)).body;
  sealed = {
    plan: id,
    number: detail.number,
    visit: visit.id,
    finding: visit.findingList[0].id,
    file: visit.files[0].id,
  };
  await t.deps.jobs.drain();
  t.clock.set(later);
  after = await everything();
}, 240_000);
afterAll(() => t.close());

/** Without the number of the request. */
const worded = (raw: Buffer): string => raw.toString().replace(/"instance":"[^"]*"/, '');
/** What endpoints cannot be asked without, where its kind does not say it. */
const NEEDED: Readonly<Record<string, string>> = {
  bbox: '121.2,31.2,121.7,31.6',
  list: 'complaint',
  type: 'late',
  period: '2023-06',
  until: '2023-06',
  month: '2023-05',
};
interface Kind {
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly type?: string;
  readonly minimum?: number;
}
const sampleOf = (name: string, kind: Kind): string => {
  if (NEEDED[name]) return NEEDED[name];
  if (kind.enum) return kind.enum[0]!;
  if (kind.format === 'uuid' || name.endsWith('Id')) return unit.id;
  if (kind.format === 'date') return '2023-06-01';
  if (kind.format === 'date-time') return name === 'to' ? '2023-07-01T00:00:00Z' : '2023-06-01T00:00:00Z';
  return kind.type === 'string' ? 'x' : String(kind.minimum ?? 1);
};

const keyOf = (person: TestPerson, path: string): string =>
  `${person.actor.role} ${person.actor.personId.slice(-4)} ${path}`;

/** Every GET of the whole app as each outsider: plain, and with the filters that could find the plan. */
async function everything(): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const endpoint of t.app.endpoints) {
    if (endpoint.method !== 'GET' || NOT_ASKED.has(endpoint.id) || endpoint.path.includes(':')) continue;
    const { properties = {}, required = [] } = (endpoint.query ?? {}) as {
      properties?: Record<string, Kind>;
      required?: string[];
    };
    const needed = required.map((name) => `${name}=${encodeURIComponent(sampleOf(name, properties[name]!))}`);
    const filters: Record<string, string> = {
      q: TITLE,
      unitId: unit.id,
      matterId,
      from: '2023-01-01',
      to: '2023-12-31',
    };
    const used = Object.entries(filters).filter(([name]) => name in properties && !required.includes(name));
    const paths = [[], ...used].map(([name, value]) =>
      [...needed, ...(name ? [`${name}=${encodeURIComponent(value!)}`] : [])].join('&'),
    );
    for (const person of outsiders) {
      const { access } = endpoint;
      if (access !== 'public' && access !== 'signed-in' && !permits(person.actor, access)) continue;
      for (const query of paths) {
        const path = query ? `${endpoint.path}?${query}` : endpoint.path;
        const { status, raw, headers } = await t.call(person, 'GET', path);
        // A spreadsheet is a ZIP with its time inside; its size would still tell of a row more.
        const isSheet = String(headers['content-type'] ?? '').includes('spreadsheet');
        answers.set(keyOf(person, path), `${status} ${isSheet ? raw.length : worded(raw)}`);
      }
    }
  }
  return answers;
}

const traces = () => [sealed.plan, sealed.number, sealed.visit, sealed.finding, TITLE, encodeURIComponent(TITLE)];

describe('a sealed covert plan', () => {
  it('is in no answer to any outsider: not by id, number or title', () => {
    expect(after.size).toBeGreaterThan(400);
    const ways = new Set([...after.keys()].map((key) => key.split(' ')[2]!.split('?')[0]!));
    const answered = new Set(
      [...after].flatMap(([key, text]) => (/^[45]/.test(text) ? [] : key.split(' ')[2]!.split('?')[0]!)),
    );
    // The base map's tiles are not installed here.
    expect([...ways].filter((path) => !answered.has(path))).toEqual(['/map/tiles.pmtiles']);
    const found = [...after].flatMap(([key, answer]) => {
      const path = key.split(' ')[2]!;
      const secrets = LEDGER.test(path) ? [sealed.number, TITLE] : traces();
      return secrets.filter((secret) => answer.includes(secret)).map((secret) => `${key}: ${secret}`);
    });
    expect(found).toEqual([]);
  });

  it('changes no answer to any outsider, so that no count gives it away', () => {
    const changed = [...after].filter(([key, answer]) => {
      const path = key.split(' ')[2]!;
      return !LEDGER.test(path) && !ASKING_SHOWS.test(path) && before.get(key) !== answer;
    });
    expect(
      changed.map(([key, answer]) => `${key}\n${before.get(key)?.slice(0, 300)}\n${answer.slice(0, 300)}`),
    ).toEqual([]);
  });

  it('answers by id as an id does that never was: same status, same code, same words, for reading and for commands', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const endpoint of t.app.endpoints) {
      if (!/:id\b/.test(endpoint.path) || LEDGER.test(endpoint.path) || NOT_ASKED.has(endpoint.id)) continue;
      const room = endpoint.path.startsWith('/inspection') || endpoint.path.startsWith('/files');
      if (endpoint.method !== 'GET' && !room) continue;
      const bodies: unknown[] =
        endpoint.method === 'GET'
          ? [undefined]
          : [
              { command: { action: 'open', reason: '看看' } },
              { command: { action: 'sign' } },
              { command: { action: 'answer', accepted: true, text: '属实' } },
            ];
      for (const person of outsiders) {
        for (const body of bodies) {
          const ask = async (id: string) => {
            const given = body === undefined ? undefined : { commandId: randomUUID(), ...(body as object) };
            const answer = await t.call(person, endpoint.method, endpoint.path.replace(/:[a-zA-Z]+/g, id), given);
            asked += 1;
            return `${answer.status} ${worded(answer.raw).replaceAll(id, 'ID')}`;
          };
          const never = await ask(randomUUID());
          for (const id of [sealed.plan, sealed.visit, sealed.finding, sealed.file]) {
            const answer = await ask(id);
            if (answer !== never) wrong.push(`${endpoint.id} as ${person.actor.role}: ${never} | ${answer}`);
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(1_000);
    expect(wrong.slice(0, 10)).toEqual([]);
  }, 240_000);

  it('is in no message of the stream', async () => {
    await sleep(300);
    const told = [...heard].flatMap(([person, messages]) =>
      messages
        .filter(
          (message) =>
            traces().some((secret) => JSON.stringify(message).includes(secret)) ||
            message.topic.startsWith('inspection'),
        )
        .map((message) => `${person.actor.role}: ${JSON.stringify(message)}`),
    );
    expect(told).toEqual([]);
  });

  it('takes as long to deny as what never was', async () => {
    const leader = outsiders.find(({ actor }) => actor.role === 'squadron_leader')!;
    const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
    const times: Record<'sealed' | 'never', number[]> = { sealed: [], never: [] };
    for (let i = 0; i < 80; i += 1) {
      for (const kind of i % 2 ? (['sealed', 'never'] as const) : (['never', 'sealed'] as const)) {
        const from = performance.now();
        await t.call(leader, 'GET', `/inspection-plans/${kind === 'sealed' ? sealed.plan : randomUUID()}`);
        times[kind].push(performance.now() - from);
      }
    }
    const ratio = median(times.sealed) / median(times.never);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('is there for its planner, its inspectors and those who approve, but not for one of them who also serves in a unit it touches', async () => {
    for (const person of [planner, chief, ...inspectors])
      expect((await t.call(person, 'GET', `/inspection-plans/${sealed.plan}`)).status, person.actor.role).toBe(200);
    const double = await t.person(chief.actor.unitId, 'supervision_chief');
    expect((await t.call(double, 'GET', `/inspection-plans/${sealed.plan}`)).status).toBe(200);
    await t.deps.db.query(
      null,
      "insert into posting (person_id, unit_id, role, started_on) values ($1, $2, 'squadron_leader', '2023-01-01')",
      [double.actor.personId, unit.id],
    );
    expect((await t.call(double, 'GET', `/inspection-plans/${sealed.plan}`)).status).toBe(404);
    expect((await t.call(double, 'GET', '/inspection-plans')).body.items).toEqual([]);
  });

  it('once opened is there for the inspected unit with its own visit, and for other squadrons not at all', async () => {
    await walkPlan(t, sealed.plan, [chief, { action: 'open', reason: '现场督察已完成' }]);
    const sees = async (role: Role, unitId: string) => {
      const person = outsiders.find(({ actor }) => actor.role === role && actor.unitId === unitId)!;
      return (await t.call(person, 'GET', `/inspections/${sealed.visit}`)).status;
    };
    expect(await sees('squadron_leader', unit.id)).toBe(200);
    expect(await sees('officer', unit.id)).toBe(200);
    expect(await sees('squadron_leader', other.id)).toBe(404);
    expect(
      await sees(
        'coordination_clerk',
        outsiders.find(({ actor }) => actor.role === 'coordination_clerk')!.actor.unitId,
      ),
    ).toBe(200);
  });
});
