import { type Actor, permits, scopeOf } from '@bihuan/domain/access';

export interface InspectionScope {
  /** Distinguishes prepared statements: the same key, the same text. */
  readonly key: string;
  /** On a row of `inspection_plan`. */
  readonly sql: string;
  /** On a row of `inspection_visit` whose plan fulfils `sql`. */
  visit(alias: string): string;
  readonly values: readonly unknown[];
}

/** Approve and open covert plans by their office; see all of them. */
const SEAL_KEEPERS: readonly string[] = ['supervision_chief', 'bureau_leader'];

/**
 * What of the inspections an actor may see: the only door to them. A covert plan not opened yet is there only for those who
 * planned it, were drawn to carry it out, or approve such plans, and for none of them who serves in a unit it touches;
 * the inspected unit sees its own visits once both inspectors have signed and, if covert, once opened. No actor, no rows.
 */
export function inspectionScope(actor: Actor | null, alias: string, firstParameter: number): InspectionScope {
  const nothing = (key: string): InspectionScope => ({ key, sql: 'false', visit: () => 'false', values: [] });
  if (actor === null || !permits(actor, 'inspection.read')) return nothing('none');
  const person = `$${firstParameter}::uuid`;
  const sealed = `(${alias}.manner = 'covert' and ${alias}.opened_at is null)`;
  const own = (v: string) => `${v}.unit_id = ${person} and ${v}.status = 'signed'`;
  const scope = scopeOf(actor);
  if (scope !== 'district')
    return {
      key: 'unit',
      sql: `(not ${sealed} and ${alias}.status in ('active','done') and exists (select 1 from inspection_visit iv where iv.plan_id = ${alias}.id and ${own('iv')}))`,
      visit: own,
      values: [actor.unitId],
    };
  const serves = `exists (select 1 from inspection_subject js join posting jp on jp.unit_id = js.unit_id
    where js.plan_id = ${alias}.id and jp.person_id = ${person} and jp.ended_on is null)`;
  const drawn = `exists (select 1 from inspection_visit iv join inspection_visit_inspector ii on ii.visit_id = iv.id
    where iv.plan_id = ${alias}.id and ii.person_id = ${person})`;
  const plans = permits(actor, 'inspection.plan') || permits(actor, 'inspection.approve');
  const carriesOut = permits(actor, 'inspection.carryOut');
  const part = SEAL_KEEPERS.includes(actor.role)
    ? 'true'
    : plans
      ? `(${alias}.created_by = ${person} or ${drawn})`
      : carriesOut
        ? drawn
        : 'false';
  const open = plans ? 'true' : `${alias}.status not in ('draft','submitted')`;
  return {
    key: `district.${part === 'true' ? 'keeper' : plans ? 'plans' : carriesOut ? 'drawn' : 'reads'}`,
    sql: `(case when ${sealed} then ${part} and not ${serves} else ${open} end)`,
    visit: () => 'true',
    values: [actor.personId],
  };
}
