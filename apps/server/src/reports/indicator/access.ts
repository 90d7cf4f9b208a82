import { scopeOf } from '@bihuan/domain/access';
import type { Dimension } from '@bihuan/domain/indicator';
import type { RequestActor } from '../../platform/access/index.ts';
import { Problem } from '../../platform/errors.ts';
import type { Filters } from './statement.query.ts';

/**
 * Figures of squadrons, towns and categories are published to all who may read indicators. Figures of single officers stay within
 * their unit and the district's sections: the filters are narrowed to the actor's own unit.
 * @throws Problem 403 when the actor has no unit of officers, or asks for another unit's
 */
export function officerBounds(actor: RequestActor, dimension: Dimension, filters: Filters): Filters {
  if (dimension !== 'officer' && filters.officer === undefined) return filters;
  const scope = scopeOf(actor);
  if (scope === 'district') return filters;
  const own = (scope === 'unit' || scope === 'own') && (filters.unit === undefined || filters.unit === actor.unitId);
  if (!own) throw new Problem(403, 'officer_figures_own_unit', '队员指标只对本中队和机关科室开放');
  return { ...filters, unit: actor.unitId };
}

/** Query parameters to filters; `none` stands for what is not assigned. */
export function filtersOf(query: Partial<Record<'unit' | 'town' | 'officer' | 'category', string>>): Filters {
  const filters: Filters = {};
  for (const key of ['unit', 'town', 'officer', 'category'] as const) {
    const value = query[key];
    if (value === undefined) continue;
    if (value !== 'none' && key !== 'category' && !UUID.test(value))
      throw new Problem(400, 'invalid', '筛选的单位或人员编号无效');
    filters[key] = value === 'none' ? null : value;
  }
  return filters;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
