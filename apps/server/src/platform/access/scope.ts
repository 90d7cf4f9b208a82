import { type Actor, permits, type Scope, scopeOf } from '@bihuan/domain/access';

/** A condition on rows of `complaint` (alias chosen by the caller) with its parameters. */
export interface ScopeCondition {
  /** Distinguishes prepared statements: the text of the condition depends on the kind of scope only. */
  readonly scope: Scope;
  /** SQL over the alias; parameters are numbered from `firstParameter`. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * What of the complaints an actor may see: the only door for lists, counts, search, exports, drill-downs, streams and jobs.
 * No actor, no rows.
 *
 * The columns used are `id`, `unit_id`, `town_id`, `officer_id`; every table that carries them can be scoped
 * (`handling_round` with `idColumn: 'complaint_id'`).
 */
export function complaintScope(
  actor: Actor | null,
  alias: string,
  firstParameter: number,
  idColumn = 'id',
): ScopeCondition {
  const p = `$${firstParameter}`;
  const joint = (unitParameter: string) =>
    `exists (select 1 from complaint_joint_unit j where j.complaint_id = ${alias}.${idColumn} and j.unit_id = ${unitParameter}::uuid)`;
  if (actor === null) return { scope: 'none', sql: 'false', values: [] };
  const scope = scopeOf(actor);
  switch (scope) {
    case 'district':
      return { scope, sql: 'true', values: [] };
    case 'unit':
      return { scope, sql: `(${alias}.unit_id = ${p}::uuid or ${joint(p)})`, values: [actor.unitId] };
    case 'own':
      return { scope, sql: `${alias}.officer_id = ${p}::uuid`, values: [actor.personId] };
    case 'town':
      return { scope, sql: `${alias}.town_id = ${p}::uuid`, values: [actor.townId ?? actor.unitId] };
    case 'joint':
      return { scope, sql: joint(p), values: [actor.unitId] };
    case 'none':
      return { scope, sql: 'false', values: [] };
  }
}

/** The same rule on one event's columns, for streams that never touch the table. Joint units come in `jointUnitIds`. */
export function seesComplaint(
  actor: Actor,
  row: { unitId: string | null; townId: string | null; officerId: string | null; jointUnitIds?: readonly string[] },
): boolean {
  switch (scopeOf(actor)) {
    case 'district':
      return true;
    case 'unit':
      return row.unitId === actor.unitId || (row.jointUnitIds ?? []).includes(actor.unitId);
    case 'own':
      return row.officerId === actor.personId;
    case 'town':
      return row.townId !== null && row.townId === (actor.townId ?? actor.unitId);
    case 'joint':
      return (row.jointUnitIds ?? []).includes(actor.unitId);
    case 'none':
      return false;
  }
}

/**
 * What of the rectification ledger an actor may see, on `owner_unit_id` and `owner_person_id`: the district sees all, a unit
 * what it owes, an officer what he owes himself. No actor, no rows.
 */
export function rectificationScope(actor: Actor | null, alias: string, firstParameter: number): ScopeCondition {
  const p = `$${firstParameter}`;
  if (actor === null || !permits(actor, 'rectification.read')) return { scope: 'none', sql: 'false', values: [] };
  const scope = scopeOf(actor);
  switch (scope) {
    case 'district':
      return { scope, sql: 'true', values: [] };
    case 'own':
      return { scope, sql: `${alias}.owner_person_id = ${p}::uuid`, values: [actor.personId] };
    case 'unit':
    case 'town':
    case 'joint':
      return { scope, sql: `${alias}.owner_unit_id = ${p}::uuid`, values: [actor.unitId] };
    case 'none':
      return { scope, sql: 'false', values: [] };
  }
}
