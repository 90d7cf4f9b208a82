import { randomUUID } from 'node:crypto';
import type { FindingCommand, PlanCommand, VisitCommand } from '@bihuan/contract/inspection';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { draftPlan, onPlan, onVisit, planOf, signVisit, startPlan, walkPlan } from '../../testing/inspection.ts';

let t: TestApp;
let d: TestDistrict;
let chiefs: [TestPerson, TestPerson];
let inspectors: [TestPerson, TestPerson];
beforeEach(async () => {
  t = await testApp();
  d = await testDistrict(t);
  const person = (role: 'supervisor' | 'supervision_chief') => t.person(d.units.supervision.id, role);
  chiefs = [await person('supervision_chief'), await person('supervision_chief')];
  inspectors = [await person('supervisor'), await person('supervisor')];
});
afterEach(() => t.close());

const NOTE = '按计划办理';
const draft = async (manner: 'open' | 'covert' = 'open') =>
  draftPlan(t, d.supervisor, await planOf(t, [d.units.a], inspectors, { manner }));
const visitOf = async (id: string): Promise<string> =>
  (await t.call(d.supervisor, 'GET', `/inspection-plans/${id}`)).body.visitList[0].id;
const count = async (text: string) => (await t.deps.db.query<{ n: number }>(null, text))[0]!.n;

/** Two at once: one is carried out, the other is told why not. */
async function race(...calls: Promise<{ status: number; body: { code?: string } }>[]): Promise<void> {
  const answers = await Promise.all(calls);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers)
    if (status !== 200) expect([status >= 400 && status < 500, typeof body.code]).toEqual([true, 'string']);
}

/** How a plan gets to where the transition starts, and who tries it twice. */
const PLAN_RACES: [PlanCommand, (id: string) => Promise<void>, 'planner' | 'chiefs', ('open' | 'covert')?][] = [
  [{ action: 'submit' }, async () => {}, 'planner'],
  [{ action: 'recall' }, (id) => walkPlan(t, id, [d.supervisor, { action: 'submit' }]), 'planner'],
  [{ action: 'return', reason: NOTE }, (id) => walkPlan(t, id, [d.supervisor, { action: 'submit' }]), 'chiefs'],
  [{ action: 'approve' }, (id) => walkPlan(t, id, [d.supervisor, { action: 'submit' }]), 'chiefs'],
  [
    { action: 'draw', publicValue: '3 1 7' },
    async (id) => {
      await walkPlan(t, id, [d.supervisor, { action: 'submit' }], [chiefs[0], { action: 'approve' }]);
      t.clock.set(t.clock.now() + 3_600_000);
    },
    'chiefs',
  ],
  [
    { action: 'start' },
    async (id) => {
      await walkPlan(t, id, [d.supervisor, { action: 'submit' }], [chiefs[0], { action: 'approve' }]);
      t.clock.set(t.clock.now() + 3_600_000);
      await walkPlan(t, id, [d.supervisor, { action: 'draw', publicValue: '3 1 7' }]);
    },
    'chiefs',
  ],
  [
    { action: 'open', reason: NOTE },
    async (id) => {
      await startPlan(t, id, d.supervisor, chiefs[0]);
      await signVisit(t, await visitOf(id), inspectors);
    },
    'chiefs',
    'covert',
  ],
  [
    { action: 'finish', note: NOTE },
    async (id) => {
      await startPlan(t, id, d.supervisor, chiefs[0]);
      const visit = await visitOf(id);
      const answers = [1, 2, 3, 4].map((no) => ({ no, result: 'not_applicable' as const }));
      await onVisit(t, inspectors[0], visit, { action: 'record', answers });
      for (const inspector of inspectors) await onVisit(t, inspector, visit, { action: 'sign' });
    },
    'chiefs',
  ],
  [{ action: 'cancel', reason: NOTE }, async () => {}, 'planner'],
];

describe('two at once', () => {
  it.each(PLAN_RACES.map((one) => [one[0].action, one] as const))('%s', async (_action, [
    command,
    reach,
    who,
    manner,
  ]) => {
    const id = await draft(manner);
    await reach(id);
    const [one, two] = who === 'planner' ? [d.supervisor, d.supervisor] : chiefs;
    await race(onPlan(t, one, id, command), onPlan(t, two, id, command));
    expect(
      await count(
        `select count(*)::int as n from audit_event where action = 'inspection.${command.action}' and object_id = '${id}'`,
      ),
    ).toBe(1);
    if (command.action === 'draw')
      expect(await count('select count(*)::int as n from inspection_visit_inspector')).toBe(2);
  });

  it('approve and recall: either the lists are frozen or the draft is back, never both', async () => {
    const id = await draft();
    await walkPlan(t, id, [d.supervisor, { action: 'submit' }]);
    await race(onPlan(t, chiefs[0], id, { action: 'approve' }), onPlan(t, d.supervisor, id, { action: 'recall' }));
    const { status, draw } = (await t.call(d.supervisor, 'GET', `/inspection-plans/${id}`)).body;
    expect(draw === null).toBe(status === 'draft');
  });

  it('both inspectors sign: both signatures count, and the result is drawn up once', async () => {
    const id = await draft();
    await startPlan(t, id, d.supervisor, chiefs[0]);
    const visit = await visitOf(id);
    const answers = [1, 2, 3, 4].map((no) => ({ no, result: 'not_applicable' as const }));
    await onVisit(t, inspectors[0], visit, { action: 'record', answers });
    const sign = (as: TestPerson) => onVisit(t, as, visit, { action: 'sign' });
    const answered = await Promise.all([sign(inspectors[0]), sign(inspectors[1]), sign(inspectors[0])]);
    expect(answered.filter(({ status }) => status === 200)).toHaveLength(2);
    expect((await t.call(d.supervisor, 'GET', `/inspections/${visit}`)).body.status).toBe('signed');
  });

  it('a record and a signature: nobody has signed what he has not seen', async () => {
    const id = await draft();
    await startPlan(t, id, d.supervisor, chiefs[0]);
    const visit = await visitOf(id);
    const answers = [1, 2, 3, 4].map((no) => ({ no, result: 'not_applicable' as const }));
    await onVisit(t, inspectors[0], visit, { action: 'record', answers });
    const { version } = (await t.call(inspectors[1], 'GET', `/inspections/${visit}`)).body;
    const send = (as: TestPerson, command: VisitCommand) =>
      t.call(as, 'POST', `/inspections/${visit}/commands`, { commandId: randomUUID(), version, command });
    const both = await Promise.all([
      send(inspectors[0], { action: 'record', answers: [{ no: 4, result: 'pass' }] }),
      send(inspectors[1], { action: 'sign' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it.each([
    ['answer', { action: 'answer', accepted: true, text: '情况属实' }],
    ['confirm', { action: 'confirm', type: 'street', problem: '夜间设摊未处置', workdays: 7 }],
    ['withdraw', { action: 'withdraw', reason: '说明成立' }],
  ] as [string, FindingCommand][])('%s a finding', async (_name, command) => {
    const id = await draft();
    await startPlan(t, id, d.supervisor, chiefs[0]);
    const visit = await visitOf(id);
    await signVisit(t, visit, inspectors);
    const [finding] = (await t.call(d.supervisor, 'GET', `/inspections/${visit}`)).body.findingList;
    const send = (as: TestPerson, given: FindingCommand, commandId = randomUUID()) =>
      t.call(as, 'POST', `/inspection-findings/${finding.id}/commands`, { commandId, command: given });
    if (command.action === 'answer') return race(send(d.inner, command), send(d.leader, command));
    await send(d.leader, { action: 'answer', accepted: true, text: '情况属实' });
    await race(send(chiefs[0], command), send(chiefs[1], command));
    expect(await count('select count(*)::int as n from rectification')).toBe(command.action === 'confirm' ? 1 : 0);
  });

  it('the same command sent twice is carried out once and answers the same', async () => {
    const id = await draft();
    const commandId = randomUUID();
    const [one, two] = await Promise.all(
      [1, 2].map(() => onPlan(t, d.supervisor, id, { action: 'submit' }, commandId)),
    );
    expect([one!.status, two!.status]).toEqual([200, 200]);
    expect([one!.body.repeated, two!.body.repeated].sort()).toEqual([false, true]);
  });
});
