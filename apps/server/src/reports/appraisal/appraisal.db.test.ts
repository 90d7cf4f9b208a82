import { randomUUID } from 'node:crypto';
import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import type { AppraisalAction } from '@bihuan/domain/appraisal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict } from '../../testing/complaint.ts';

let t: TestApp;
let d: TestDistrict;
let political: TestPerson;
/** Makes appraisals too, and leads the bureau in another post. */
let colleague: TestPerson;
const MAY_END = Date.parse('2023-06-05T10:00:00+08:00');

beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  const section = await t.unit('section', '政工科');
  political = await t.person(section.id, 'political_staff');
  colleague = await t.person(section.id, 'political_staff');
  await insertOrders(d.units.a.id, d.officer.actor.personId, 40, 36);
  await insertOrders(d.units.b.id, null, 30, 15);
  await insertClosedRectifications(d.units.a.id, ['2023-05-10', '2023-05-20', '2023-06-02'], 1);
});
afterAll(() => t.close());

/** Orders of May, so many concluded in time and solved. */
async function insertOrders(unitId: string, officerId: string | null, count: number, well: number): Promise<void> {
  await t.deps.db.query(
    null,
    `with g as (select n, n <= $4 as well, gen_random_uuid() as id from generate_series(1, $3::int) n),
     c as (insert into complaint (id, number, source_id, kind, urgency, title, content, status, unit_id, officer_id, received_at, due_at, first_contact_due_at, closed_at)
       select id, 'A' || right($1::uuid::text, 6) || n, (select id from intake_source where code = 'walk_in'), 'ordinary', 'normal', '第' || n || '件', '内容', 'closed', $1::uuid, $2::uuid,
              '2023-05-08 09:00+08', '2023-05-15 17:00+08', '2023-05-09 17:00+08', '2023-05-17 09:00+08' from g)
     insert into handling_round (complaint_id, round, kind, urgency, unit_id, officer_id, started_at, due_at, first_contact_due_at, first_contact_at, concluded_at, followed_up_at, reached, solved, satisfaction)
     select id, 1, 'ordinary', 'normal', $1::uuid, $2::uuid, '2023-05-08 09:00+08', '2023-05-15 17:00+08', '2023-05-09 17:00+08', '2023-05-08 10:00+08',
            case when well then timestamptz '2023-05-12 10:00+08' else '2023-05-16 10:00+08' end, '2023-05-17 09:00+08', true, well, case when well then 'satisfied' else 'dissatisfied' end from g`,
    [unitId, officerId, count, well],
  );
}
async function insertClosedRectifications(unitId: string, days: string[], late: number): Promise<void> {
  for (const [at, day] of days.entries())
    await t.deps.db.query(
      null,
      `insert into rectification (number, source, type_code, problem, owner_unit_id, issued_by, issued_unit_id, issued_at, workdays, due_at, status, submitted_at, verified_by, closed_by, closed_at)
       values ($1, 'inspection', 'late', '问题', $2, $3, $4, $5::date - 7, 5, $5::date - 2, 'closed', $5::date - $6::int, $3, $7, $5::date + interval '10 hours')`,
      [
        `T${at}`,
        unitId,
        d.supervisor.actor.personId,
        d.units.supervision.id,
        day,
        at < late ? 1 : 3,
        d.director.actor.personId,
      ],
    );
}

const make = (period = '2023-05', audience = 'unit', as = political, commandId = randomUUID()) =>
  t.call(as, 'POST', '/appraisals', { commandId, audience, period });
const get = (as: TestPerson, id: string) => t.call(as, 'GET', `/appraisals/${id}`);
async function act(as: TestPerson, id: string, action: AppraisalAction, commandId = randomUUID()) {
  const { version } = (await get(political, id)).body;
  return t.call(as, 'POST', `/appraisals/${id}/commands`, { commandId, version, action });
}
const say = (as: TestPerson, id: string, subjectId: string, words = '两件属街镇缓办，附说明') =>
  t.call(as, 'POST', `/appraisals/${id}/answers`, { commandId: randomUUID(), subjectId, code: 'on_time', words });

describe('an appraisal of squadrons', () => {
  let id: string;

  it('is computed from the records: indicators, ledger; each line in words; a small sample is not counted', async () => {
    const answer = await make();
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    id = answer.body.id;
    const { body } = await get(political, id);
    const [first, second] = body.results;
    expect([first.unit.id, second.unit.id]).toEqual([d.units.a.id, d.units.b.id]);
    expect([first.rank, second.rank, body.ranked]).toEqual([1, 2, 2]);
    const line = (code: string, of = first) => of.lines.find((one: { code: string }) => one.code === code);
    expect(line('resolution')).toMatchObject({ numerator: 36, denominator: 40, counted: true });
    expect(line('resolution').points).toBeCloseTo(30 * ((0.9 - 0.5) / 0.45), 1);
    // Closed in May only: two, one of them late.
    expect(line('rectification_on_time')).toMatchObject({ numerator: 1, denominator: 2 });
    expect(line('rectification_on_time', second)).toMatchObject({ counted: false, denominator: 0 });
    expect(line('rectification_on_time', second).explanation).toContain('不计分');
  });

  it('opens every figure to the records it was counted from', async () => {
    const { body: whole } = await get(political, id);
    for (const subject of whole.results)
      for (const { code, numerator, denominator } of subject.lines) {
        const { body } = await t.call(
          political,
          'GET',
          `/appraisals/${id}/records?subjectId=${subject.id}&code=${code}`,
        );
        expect(body.items).toHaveLength(denominator);
        expect(body.items.filter(({ counted }: { counted: boolean }) => counted)).toHaveLength(numerator);
        expect(body.hidden).toBe(0);
      }
  });

  it('is seen by the squadron once it is asked, its own results and nobody else’s; preliminary ones by those in charge only', async () => {
    expect((await get(d.leader, id)).status).toBe(404);
    expect((await t.call(d.leader, 'GET', '/appraisals')).body.items).toEqual([]);
    expect((await act(political, id, 'ask')).status).toBe(200);
    const { body } = await get(d.leader, id);
    expect(body.results.map(({ id: subject }: { id: string }) => subject)).toEqual([d.units.a.id]);
    expect(body.ranked).toBe(2);
    const other = await t.call(d.leader, 'GET', `/appraisals/${id}/records?subjectId=${d.units.b.id}&code=resolution`);
    expect([other.status, other.body.code]).toEqual([404, 'not_found']);
    const notices = (await t.call(d.leader, 'GET', '/notices')).body.items;
    expect(notices.map(({ title }: { title: string }) => title)).toContain('2023年5月考核初评，请核对');
  });

  it('is answered by the squadron for itself, corrected by somebody else, confirmed when all is said; then frozen', async () => {
    expect((await say(d.leader, id, d.units.b.id)).status).toBe(404);
    expect((await say(d.officer, id, d.units.a.id)).status).toBe(404);
    const said = await say(d.leader, id, d.units.a.id);
    expect(said.status, JSON.stringify(said.body)).toBe(200);
    t.clock.set(MAY_END + 10 * 86_400_000);
    expect((await act(d.director, id, 'confirm')).body.code).toBe('answers_open');
    const before = (await get(political, id)).body.results[0].total;
    const decide = (as: TestPerson, more = {}) =>
      t.call(as, 'POST', `/appraisals/${id}/answers/${said.body.id}`, {
        commandId: randomUUID(),
        accepted: true,
        points: 1.5,
        reason: '情况属实，两件不计超期',
        ...more,
      });
    expect((await decide(d.leader)).status).toBe(403);
    expect((await decide(political, { points: 0 })).body.errors[0].field).toBe('/points');
    const twice = await Promise.all([decide(political), decide(colleague, { points: 3 })]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 409]);
    const points = twice[0]!.status === 200 ? 1.5 : 3;
    expect((await get(political, id)).body.results[0].total).toBeCloseTo(before + points, 2);
    expect((await say(d.leader, id, d.units.a.id)).body.code).toBe('answer_closed');
    expect((await act(d.director, id, 'confirm')).status).toBe(200);
    expect((await get(d.leader, id)).body).toMatchObject({ status: 'confirmed', allowedActions: [] });
    for (const statement of [
      'update appraisal set period = period where id = $1',
      'delete from appraisal where id = $1',
      'update appraisal_subject set total = 100 where appraisal_id = $1',
      'update appraisal_line set points = 0 where appraisal_id = $1',
      'delete from appraisal_answer where appraisal_id = $1',
    ])
      await expect(t.deps.db.query(null, statement, [id])).rejects.toThrow('考核已审定，不得改动');
  });
});

describe('an appraisal of officers', () => {
  it('has those of whom there is enough to say; each sees his own, his leader the squadron’s', async () => {
    const { body } = await make('2023-05', 'person');
    await act(political, body.id, 'ask');
    const whole = (await get(political, body.id)).body;
    expect(whole.results.map(({ id }: { id: string }) => id)).toEqual([d.officer.actor.personId]);
    expect((await get(d.officer, body.id)).body.results).toHaveLength(1);
    expect((await get(d.leader, body.id)).body.results).toHaveLength(1);
    expect((await get(d.colleague, body.id)).status).toBe(404);
    expect((await get(d.otherLeader, body.id)).status).toBe(404);
  });
});

describe('two at once', () => {
  it('make one; a period is appraised once, and not before it has ended', async () => {
    const answers = await Promise.all([make('2023-04'), make('2023-04', 'unit', colleague), make('2023-04')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await make('2023-12')).body.errors[0].field).toBe('/period');
    const commandId = randomUUID();
    const same = [
      await make('2023-03', 'unit', political, commandId),
      await make('2023-03', 'unit', political, commandId),
    ];
    expect(new Set(same.map(({ body }) => body.id)).size).toBe(1);
  });

  it.each([
    ['recompute', 'ask'],
    ['ask', 'discard'],
    ['ask', 'ask'],
    ['recompute', 'discard'],
  ] as const)('%s and %s: one is done, the other is told', async (one, other) => {
    const months = {
      'recompute ask': '2023-02',
      'ask discard': '2023-01',
      'ask ask': '2022-12',
      'recompute discard': '2022-11',
    };
    const { id } = (await make(months[`${one} ${other}`])).body;
    const { version } = (await get(political, id)).body;
    const send = (as: TestPerson, action: AppraisalAction) =>
      t.call(as, 'POST', `/appraisals/${id}/commands`, { commandId: randomUUID(), version, action });
    const answers = await Promise.all([send(political, one), send(colleague, other)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([404, 409, 412]).toContain(status);
      expect(body.detail).toMatch(/\p{Script=Han}/u);
    }
  });

  it('a confirmation counts once', async () => {
    const { id } = (await make('2022-10')).body;
    await act(political, id, 'ask');
    t.clock.set(t.clock.now() + 20 * 86_400_000);
    const second = await t.person(d.units.bureau.id, 'bureau_leader');
    const { version } = (await get(political, id)).body;
    const answers = await Promise.all(
      [d.director, second].map((as) =>
        t.call(as, 'POST', `/appraisals/${id}/commands`, { commandId: randomUUID(), version, action: 'confirm' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe('schemes', () => {
  it('are versions: a new one holds from its day, an appraisal made before keeps its own', async () => {
    const { schemes } = (await t.call(d.leader, 'GET', '/appraisals/schemes')).body;
    const { scheme } = schemes.find(({ audience }: { audience: string }) => audience === 'unit');
    const save = (changes: object, effectiveFrom = '2023-08-01') =>
      t.call(political, 'POST', '/appraisals/schemes', {
        commandId: randomUUID(),
        audience: 'unit',
        effectiveFrom,
        scheme: { ...scheme, ...changes },
      });
    expect((await save({ items: scheme.items.slice(1) })).body.detail).toBe('各项分值之和应为 100，现为 70');
    expect((await save({}, '2023-01-01')).body.errors[0].field).toBe('/effectiveFrom');
    expect((await save({ deductions: [] })).status).toBe(200);
    const after = (await t.call(political, 'GET', '/appraisals/schemes')).body.schemes[0];
    expect(after.history).toHaveLength(1);
    expect(
      (
        await t.call(d.leader, 'POST', '/appraisals/schemes', {
          commandId: randomUUID(),
          audience: 'unit',
          effectiveFrom: '2023-08-01',
          scheme,
        })
      ).status,
    ).toBe(403);
  });
});

describe('every role', () => {
  it('sees of a confirmed appraisal what it may: the district all, a squadron and an officer their own, others nothing', async () => {
    const homes = {
      squadron: d.units.a.id,
      town: d.liaison.actor.unitId,
      partner: d.units.partner.id,
      section: d.units.supervision.id,
      bureau: d.units.bureau.id,
    };
    const { items } = (await t.call(political, 'GET', '/appraisals?audience=unit')).body;
    const { id } = items.find(({ status }: { status: string }) => status === 'confirmed');
    for (const role of ROLE_NAMES) {
      const definition = roleDefinition(role);
      const person = await t.person(homes[definition.unitKinds[0] as keyof typeof homes], role);
      const answer = await get(person, id);
      const exported = await t.call(person, 'GET', `/appraisals/${id}/export`);
      if (!(definition.permissions as readonly string[]).includes('appraisal.read')) {
        expect([answer.status, exported.status], role).toEqual([403, 403]);
        continue;
      }
      expect([answer.status, exported.status], role).toEqual([200, 200]);
      expect(answer.body.results.length, role).toBe(definition.scope === 'district' ? 2 : 1);
    }
    expect((await t.call(null, 'GET', `/appraisals/${id}`)).status).toBe(401);
  });
});
