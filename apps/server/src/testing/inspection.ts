import { randomUUID } from 'node:crypto';
import type { NewPlan, PlanCommand, VisitCommand } from '@bihuan/contract/inspection';
import type { TestApp, TestPerson } from './app.ts';
import { evidenceOf } from './evidence.ts';

/** What a plan needs beside its people. */
export async function planOf(
  t: TestApp,
  units: readonly { readonly id: string; readonly name: string }[],
  candidates: readonly TestPerson[],
  more: Partial<NewPlan> = {},
): Promise<NewPlan> {
  const [list] = await t.deps.db.query<{ id: string }>(
    null,
    "select id from inspection_checklist where code = 'night' and version = 1",
  );
  return {
    title: '六月夜间设摊督察',
    form: 'campaign',
    manner: 'open',
    purpose: '核查夜间设摊重复投诉的处置情况',
    startsOn: '2023-06-05',
    endsOn: '2023-06-30',
    checklistId: list!.id,
    targets: ['night', 'on_site'],
    subjects: units.map(({ id, name }) => ({ name: `${name}夜间勤务`, unitId: id })),
    subjectsWanted: units.length,
    candidateIds: candidates.map(({ actor }) => actor.personId),
    exclusions: [],
    publicSource: '福利彩票 3D 当日开奖号码',
    publicAt: new Date(t.clock.now() + 3_600_000).toISOString(),
    ...more,
  };
}

export async function draftPlan(t: TestApp, as: TestPerson, plan: NewPlan): Promise<string> {
  const answer = await t.call(as, 'POST', '/inspection-plans', { commandId: randomUUID(), plan });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}

/** One command on a plan; the answer whatever it is. */
export const onPlan = (t: TestApp, as: TestPerson, id: string, command: PlanCommand, commandId = randomUUID()) =>
  t.call(as, 'POST', `/inspection-plans/${id}/commands`, { commandId, command });

export const onVisit = (t: TestApp, as: TestPerson, id: string, command: VisitCommand, commandId = randomUUID()) =>
  t.call(as, 'POST', `/inspections/${id}/commands`, { commandId, command });

/** Commands that must succeed, one after another. */
export async function walkPlan(t: TestApp, id: string, ...steps: [TestPerson, PlanCommand][]): Promise<void> {
  for (const [as, command] of steps) {
    const answer = await onPlan(t, as, id, command);
    if (answer.status !== 200) throw new Error(`${command.action}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

/** Submitted, approved, drawn an hour later, under way. */
export async function startPlan(t: TestApp, id: string, planner: TestPerson, approver: TestPerson): Promise<void> {
  await walkPlan(t, id, [planner, { action: 'submit' }], [approver, { action: 'approve' }]);
  t.clock.set(t.clock.now() + 3_600_000);
  await walkPlan(t, id, [planner, { action: 'draw', publicValue: '3 1 7' }], [planner, { action: 'start' }]);
}

/** Filled in by the first inspector, item 2 of the list failed, and signed by both. */
export async function signVisit(t: TestApp, id: string, inspectors: readonly TestPerson[]): Promise<void> {
  const [first, second] = inspectors as [TestPerson, TestPerson];
  const photo = async () => [await evidenceOf(t, first)];
  const record: VisitCommand = {
    action: 'record',
    answers: [
      { no: 1, result: 'pass', fileIds: await photo() },
      { no: 2, result: 'fail', note: '牡丹江路聚集设摊 11 处，无人处置', fileIds: await photo() },
      { no: 3, result: 'pass' },
      { no: 4, result: 'not_applicable' },
    ],
  };
  for (const [as, command] of [
    [first, record],
    [first, { action: 'sign' }],
    [second, { action: 'sign' }],
  ] as [TestPerson, VisitCommand][]) {
    const answer = await onVisit(t, as, id, command);
    if (answer.status !== 200) throw new Error(`${command.action}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}
