import { randomUUID } from 'node:crypto';
import type { JointCommand } from '@bihuan/contract/joint';
import { expect } from 'vitest';
import type { TestApp, TestPerson } from '../../testing/app.ts';
import { testDistrict } from '../../testing/complaint.ts';
import { evidenceOf } from '../../testing/evidence.ts';

/** A district with a second partner that takes no part unless asked. */
export async function jointWorld(t: TestApp) {
  const d = await testDistrict(t);
  const chief = await t.person(d.units.supervision.id, 'supervision_chief');
  const outside = await t.unit('partner', '区绿化市容局');
  const outsider = await t.person(outside.id, 'partner_liaison');
  return { ...d, chief, outside, outsider };
}
export type JointWorld = Awaited<ReturnType<typeof jointWorld>>;

export const newTask = (d: JointWorld, more: Record<string, unknown> = {}) => ({
  title: '小区违规装修联合督察',
  purpose: '房管、街镇、中队一同排查在装修工地，看承重结构',
  partyIds: [d.units.partner.id, d.units.a.townId, d.units.a.id],
  phases: {
    before: { from: '2023-06-05', to: '2023-06-09' },
    during: { from: '2023-06-12', to: '2023-06-16' },
    after: { from: '2023-06-19', to: '2023-06-30' },
  },
  ...more,
});
export const make = (
  t: TestApp,
  d: JointWorld,
  as: TestPerson = d.supervisor,
  more: Record<string, unknown> = {},
  commandId: string = randomUUID(),
) => t.call(as, 'POST', '/joint-tasks', { commandId, task: newTask(d, more) });
export async function made(t: TestApp, d: JointWorld, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await make(t, d, d.supervisor, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.id;
}
export const act = (
  t: TestApp,
  as: TestPerson,
  id: string,
  command: JointCommand,
  more: Record<string, unknown> = {},
) => t.call(as, 'POST', `/joint-tasks/${id}/commands`, { commandId: randomUUID(), command, ...more });
export async function must(t: TestApp, id: string, ...steps: [as: TestPerson, command: JointCommand][]): Promise<void> {
  for (const [as, command] of steps) {
    const answer = await act(t, as, id, command);
    expect(answer.status, `${command.action} ${JSON.stringify(answer.body)}`).toBe(200);
  }
}
export const duty = (
  unitId: string,
  content: string,
  phase: 'before' | 'during' | 'after' = 'before',
): JointCommand => ({
  action: 'add_duty',
  phase,
  unitId,
  content,
  dueOn: '2023-06-08',
});
/** Adds a duty. @returns its id */
export async function dutyOf(
  t: TestApp,
  d: JointWorld,
  id: string,
  unitId: string,
  content = '列出在装修工地',
): Promise<string> {
  await must(t, id, [d.supervisor, duty(unitId, content)]);
  const [row] = await t.deps.db.query<{ id: string }>(
    null,
    'select id from joint_duty where task_id = $1 and unit_id = $2 order by id desc limit 1',
    [id, unitId],
  );
  return row!.id;
}
export async function finishing(t: TestApp, as: TestPerson, dutyId: string): Promise<JointCommand> {
  return { action: 'finish_duty', dutyId, note: '已列出十二处，附清单', fileIds: [await evidenceOf(t, as)] };
}
export const meeting = (decisions: { unitId: string; text: string }[]): JointCommand => ({
  action: 'add_meeting',
  heldOn: '2023-06-05',
  place: '局三楼会议室',
  minutes: '会议听取排查情况，议定分工',
  decisions,
});
export const idsOf = async (t: TestApp, table: 'joint_letter' | 'joint_decision', id: string): Promise<string[]> =>
  (
    await t.deps.db.query<{ id: string }>(
      null,
      table === 'joint_letter'
        ? 'select id from joint_letter where task_id = $1 order by id'
        : 'select e.id from joint_decision e join joint_meeting m on m.id = e.meeting_id where m.task_id = $1 order by e.id',
      [id],
    )
  ).map((row) => row.id);
