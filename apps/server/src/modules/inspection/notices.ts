import { isSealed, type PlanAction, type PlanState } from '@bihuan/domain/inspection';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { type Notice, notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import type { KeptPlan } from './plan.repo.ts';

const ANSWERERS = ['squadron_clerk', 'squadron_leader'];
const CHIEFS = ['supervision_chief'];
const LEADERS = ['bureau_leader'];

interface Circle {
  readonly persons: readonly string[];
  readonly chiefUnits: readonly string[];
  readonly leaderUnits: readonly string[];
}

/** Those who may know of a sealed plan: its planner, whoever was drawn, and those who approve such plans. */
async function circleOf(sql: Sql, planId: string): Promise<Circle> {
  const [row] = await sql.query<{ persons: string[]; chief_units: string[]; leader_units: string[] }>(
    'inspection.circle',
    `select array(select created_by from inspection_plan where id = $1 union
              select i.person_id from inspection_visit v join inspection_visit_inspector i on i.visit_id = v.id where v.plan_id = $1) as persons,
            array(select distinct unit_id from posting where role = 'supervision_chief' and ended_on is null) as chief_units,
            array(select distinct unit_id from posting where role = 'bureau_leader' and ended_on is null) as leader_units`,
    [planId],
  );
  return { persons: row!.persons, chiefUnits: row!.chief_units, leaderUnits: row!.leader_units };
}

/**
 * Tells open pages that something changed. Of a sealed plan, and of one that is not under way, only those are told who may
 * know of it: a message without an address would reach everyone signed in.
 */
export async function tellChanged(trx: Trx, state: PlanState, topic = 'inspection.changed', objectId = state.id) {
  if (!isSealed(state) && (state.status === 'active' || state.status === 'done')) {
    await publish(trx, { topic, objectId });
    return;
  }
  const { persons, chiefUnits, leaderUnits } = await circleOf(trx, state.id);
  for (const officerId of persons) await publish(trx, { topic, objectId, officerId });
  for (const unitId of chiefUnits) await publish(trx, { topic, objectId, unitId, data: { roles: CHIEFS } });
  for (const unitId of leaderUnits) await publish(trx, { topic, objectId, unitId, data: { roles: LEADERS } });
}

const about = ({ number, title, state }: KeptPlan, at: number, level: Notice['level'], words: string) => ({
  at,
  kind: 'inspection',
  level,
  title: words,
  // A notice outlives its reader's right to the plan.
  body: isSealed(state) ? null : `${number} ${title}`,
  objectType: 'inspection_plan',
  objectId: state.id,
});

async function inspectorsOf(sql: Sql, planId: string): Promise<string[]> {
  const rows = await sql.query<{ person_id: string }>(
    'inspection.drawn_people',
    'select distinct i.person_id from inspection_visit v join inspection_visit_inspector i on i.visit_id = v.id where v.plan_id = $1',
    [planId],
  );
  return rows.map(({ person_id }) => person_id);
}

/** Whoever is next hears of it; by name, or by an office that may know of every plan. */
export async function tellPlan(trx: Trx, action: PlanAction, kept: KeptPlan, actor: RequestActor, now: number) {
  const { state } = kept;
  const planner = (level: Notice['level'], words: string) =>
    state.createdBy === actor.personId
      ? undefined
      : notify(trx, { ...about(kept, now, level, words), personId: state.createdBy });
  switch (action) {
    case 'submit': {
      const { chiefUnits, leaderUnits } = await circleOf(trx, state.id);
      const message = about(kept, now, 'info', '督察计划待批准');
      if (actor.role === 'supervision_chief')
        for (const unitId of leaderUnits) await notify(trx, { ...message, unitId, roles: LEADERS });
      else for (const unitId of chiefUnits) await notify(trx, { ...message, unitId, roles: CHIEFS });
      return;
    }
    case 'return':
      return planner('warn', '督察计划被退回修改');
    case 'approve':
      return planner('info', '督察计划已批准，名单已冻结');
    case 'start':
      for (const personId of await inspectorsOf(trx, state.id))
        await notify(trx, { ...about(kept, now, 'info', '您被抽取参加督察'), personId });
      return;
    case 'open':
      return tellInspected(trx, state.id, now);
    default:
      return;
  }
}

/** Units with findings to answer, each once a plan; of one visit only, when it is given. */
export async function tellInspected(trx: Trx, planId: string, now: number, visitId: string | null = null) {
  const rows = await trx.query<{ visit_id: string; unit_id: string; number: string; subject: string; count: number }>(
    'inspection.to_answer',
    `select v.id as visit_id, v.unit_id, pl.number, s.name as subject, count(*)::int as count
       from inspection_finding f join inspection_visit v on v.id = f.visit_id join inspection_plan pl on pl.id = v.plan_id join inspection_subject s on s.id = v.subject_id
      where v.plan_id = $1 and f.status = 'open' and ($2::uuid is null or v.id = $2) group by v.id, v.unit_id, pl.number, s.name`,
    [planId, visitId],
  );
  for (const row of rows)
    await notify(trx, {
      at: now,
      kind: 'inspection',
      level: 'warn',
      title: '督察发现问题，请说明情况',
      body: `${row.number} ${row.subject}：${row.count} 项`,
      objectType: 'inspection_visit',
      objectId: row.visit_id,
      unitId: row.unit_id,
      roles: ANSWERERS,
    });
}
