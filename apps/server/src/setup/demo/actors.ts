import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';

/** Everybody of the demo as they act in their present post, by the name they sign in with. */
export async function actorsByUsername(deps: Pick<Deps, 'db'>): Promise<Map<string, RequestActor>> {
  const rows = await deps.db.query<RequestActor & { username: string }>(
    null,
    `select a.username, a.id as "accountId", o.id as "postingId", o.id as "sessionId", p.id as "personId", p.name, o.role, u.id as "unitId", u.name as "unitName",
            case when u.kind = 'town' then u.id else u.town_id end as "townId", null as ip
       from account a join person p on p.id = a.person_id join posting o on o.person_id = p.id and o.ended_on is null join unit u on u.id = o.unit_id
      order by a.username`,
  );
  return new Map(rows.map(({ username, ...actor }) => [username, actor]));
}
