import type { ResponseOf } from '@bihuan/contract';
import type { complaintReference } from '@bihuan/contract/complaint';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

type Reference = ResponseOf<typeof complaintReference>;

/** Categories, sources, units, the actor's own officers and the statement templates, for forms and filters. */
export async function readReference(sql: Sql, actor: RequestActor): Promise<Reference> {
  const [categories, sources, units, officers, templates] = await Promise.all([
    sql.query<Reference['categories'][number]>(
      'ref.category',
      'select code, parent_code as "parentCode", name, hot from category where closed_at is null order by sort',
    ),
    sql.query<Reference['sources'][number]>(
      'ref.source',
      'select id, name, kind from intake_source where closed_at is null order by code',
    ),
    sql.query<{ id: string; name: string; kind: string }>(
      'ref.unit',
      "select id, name, kind from unit where closed_at is null and kind in ('squadron', 'town', 'partner') order by sort, name",
    ),
    sql.query<Reference['officers'][number]>(
      'ref.officer',
      `select p.id, p.name, (select count(*)::int from complaint c where c.officer_id = p.id and c.status not in ('closed', 'declined')) as "openCount"
         from posting o join person p on p.id = o.person_id
        where o.unit_id = $1 and o.ended_on is null and p.left_at is null and o.role in ('officer', 'squadron_clerk', 'squadron_leader')
        order by o.role, p.staff_no`,
      [actor.unitId],
    ),
    sql.query<Reference['templates'][number]>(
      'ref.template',
      'select id, category_code as "categoryCode", name, body, legal_basis as "legalBasis", measures from statement_template order by sort',
    ),
  ]);
  const ofKind = (kind: string) => units.filter((unit) => unit.kind === kind).map(({ id, name }) => ({ id, name }));
  return {
    categories,
    sources,
    squadrons: ofKind('squadron'),
    towns: ofKind('town'),
    partners: ofKind('partner'),
    officers,
    templates,
  };
}
