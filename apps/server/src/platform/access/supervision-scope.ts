import { type Actor, permits, scopeOf } from '@bihuan/domain/access';
import type { ScopeCondition } from './scope.ts';

const NOTHING: ScopeCondition = { scope: 'none', sql: 'false', values: [] };

/**
 * Lines of `listing` that an actor may read in the bureau's public list: what was proposed and not approved is seen by the
 * district only. No actor, no rows.
 */
export function listingScope(actor: Actor | null, alias: string): ScopeCondition {
  if (actor === null || !permits(actor, 'listing.read')) return NOTHING;
  const scope = scopeOf(actor);
  if (scope === 'district') return { scope, sql: 'true', values: [] };
  return { scope, sql: `${alias}.listed_at is not null`, values: [] };
}

/** The whole file of a listed matter, with reports, checks and evidence: the district, and whoever speaks for the unit that owes it. */
export function listingFileScope(actor: Actor | null, alias: string, firstParameter: number): ScopeCondition {
  if (actor === null || !permits(actor, 'listing.read')) return NOTHING;
  const scope = scopeOf(actor);
  if (scope === 'district') return { scope, sql: 'true', values: [] };
  if (scope !== 'unit') return NOTHING;
  return {
    scope,
    sql: `(${alias}.listed_at is not null and ${alias}.owner_unit_id = $${firstParameter}::uuid)`,
    values: [actor.unitId],
  };
}

/** Visits of on-site supervision: the district sees all, a squadron its own. */
export function onSiteScope(actor: Actor | null, alias: string, firstParameter: number): ScopeCondition {
  if (actor === null || !permits(actor, 'onSite.read')) return NOTHING;
  const scope = scopeOf(actor);
  if (scope === 'district') return { scope, sql: 'true', values: [] };
  return { scope, sql: `${alias}.unit_id = $${firstParameter}::uuid`, values: [actor.unitId] };
}

/** Joint tasks: the district sees all, anybody else those in which his unit takes part. */
export function jointScope(actor: Actor | null, alias: string, firstParameter: number): ScopeCondition {
  if (actor === null || !permits(actor, 'joint.read')) return NOTHING;
  const scope = scopeOf(actor);
  if (scope === 'district') return { scope, sql: 'true', values: [] };
  return {
    scope,
    sql: `exists (select 1 from joint_party jp where jp.task_id = ${alias}.id and jp.unit_id = $${firstParameter}::uuid)`,
    values: [actor.unitId],
  };
}

/** Duties, decisions and letters in detail, on the column of the unit concerned: the district, and that unit. */
export function jointPartScope(actor: Actor | null, column: string, firstParameter: number): ScopeCondition {
  if (actor === null || !permits(actor, 'joint.read')) return NOTHING;
  const scope = scopeOf(actor);
  if (scope === 'district') return { scope, sql: 'true', values: [] };
  return { scope, sql: `${column} = $${firstParameter}::uuid`, values: [actor.unitId] };
}
