import { randomUUID } from 'node:crypto';
import type { VisitCommand } from '@bihuan/contract/on-site';
import { expect } from 'vitest';
import type { TestApp, TestPerson } from '../../testing/app.ts';
import { testDistrict } from '../../testing/complaint.ts';

export const MONTH = '2023-05';

let n = 0;
/** Handlings of a unit that were followed up in a month: so many, of them so many solved; every fifth ran over. */
export async function handled(
  t: TestApp,
  unit: { id: string; townId: string | null },
  month: string,
  { heard, solved }: { heard: number; solved: number },
): Promise<void> {
  for (let index = 0; index < heard; index += 1) {
    n += 1;
    await t.deps.db.query(
      null,
      `with c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, town_id, received_at, due_at, first_contact_due_at, category_code)
          values ($1, (select id from intake_source where code = 'hotline'), 'ordinary', 'normal', '占道设摊', '占道设摊', 'closed', $2, $3,
            ($4 || '-03')::date, ($4 || '-10')::date, ($4 || '-04')::date, (select code from category where parent_code is not null order by code offset $5 limit 1)) returning id, category_code),
        x as (insert into complainant (complaint_id) select id from c)
       insert into handling_round (complaint_id, round, kind, urgency, unit_id, town_id, started_at, due_at, first_contact_due_at, concluded_at, followed_up_at, reached, solved, reopened, category_code)
       select id, 1, 'ordinary', 'normal', $2, $3, ($4 || '-03')::date, ($4 || '-10')::date, ($4 || '-04')::date,
              ($4 || '-10')::date + make_interval(days => case when $5 = 0 then 1 else -1 end), ($4 || '-15')::date, true, $6, not $6 and $5 = 1, category_code from c`,
      [`V${n}`, unit.id, unit.townId, month, index % 5, index < solved],
    );
  }
}

/** A district in which squadron 甲 solves clearly less than the others, in May and, after a visit, no longer. */
export async function onSiteWorld(t: TestApp) {
  const d = await testDistrict(t);
  const chief = await t.person(d.units.supervision.id, 'supervision_chief');
  const deputy = await t.person(d.units.bureau.id, 'bureau_leader');
  const [c, few] = [await t.unit('squadron', '丙中队'), await t.unit('squadron', '丁中队')];
  await handled(t, d.units.a, MONTH, { heard: 60, solved: 27 });
  await handled(t, d.units.b, MONTH, { heard: 60, solved: 54 });
  await handled(t, c, MONTH, { heard: 60, solved: 52 });
  // As bad as it gets, but too few to be ranked.
  await handled(t, few, MONTH, { heard: 6, solved: 0 });
  return { ...d, chief, deputy, c, few };
}
export type OnSiteWorld = Awaited<ReturnType<typeof onSiteWorld>>;

export const plan = (
  t: TestApp,
  d: OnSiteWorld,
  as: TestPerson = d.supervisor,
  more: Record<string, unknown> = {},
  commandId: string = randomUUID(),
) =>
  t.call(as, 'POST', '/on-site', {
    commandId,
    visit: {
      month: MONTH,
      unitId: d.units.a.id,
      plannedOn: '2023-06-07',
      leaderId: d.director.actor.personId,
      participantIds: [d.chief.actor.personId],
      ...more,
    },
  });
export async function plannedVisit(t: TestApp, d: OnSiteWorld, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await plan(t, d, d.supervisor, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.id;
}
export const act = (
  t: TestApp,
  as: TestPerson,
  id: string,
  command: VisitCommand,
  more: Record<string, unknown> = {},
) => t.call(as, 'POST', `/on-site/${id}/commands`, { commandId: randomUUID(), command, ...more });
export async function must(t: TestApp, id: string, ...steps: [as: TestPerson, command: VisitCommand][]): Promise<void> {
  for (const [as, command] of steps) {
    const answer = await act(t, as, id, command);
    expect(answer.status, `${command.action} ${JSON.stringify(answer.body)}`).toBe(200);
  }
}

export const MINUTE: VisitCommand = {
  action: 'minute',
  visitedOn: '2023-06-05',
  minutes: '逐件过堂超期和未解决的诉件，签收后平均一天半才指派',
  commitments: [{ text: '签收当日指派到人', dueOn: '2023-06-12' }],
};
export const ANSWER: VisitCommand = { action: 'answer', answer: '已改为签收即指派，内勤每日核对两次' };
export const CONCLUDE: VisitCommand = { action: 'conclude', conclusion: '措施落实，解决率回升' };
export const RECTIFY: VisitCommand = {
  action: 'open_rectification',
  type: 'late',
  problem: '签收后平均一天半才指派',
  workdays: 5,
};
export const REPLAN = (d: OnSiteWorld): VisitCommand => ({
  action: 'replan',
  plannedOn: '2023-06-09',
  leaderId: d.deputy.actor.personId,
  participantIds: [],
  reason: '带队领导另有会议',
});
