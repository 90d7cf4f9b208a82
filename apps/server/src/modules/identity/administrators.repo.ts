import { isAdministrator, type Role, roleDefinition } from '@bihuan/domain/access';
import type { Trx } from '../../platform/db/index.ts';
import { conflict } from '../../platform/errors.ts';

/**
 * Refuses to take away the last person who can act as one of the three administrators; call it before taking away. Waits
 * for others who do the same, so that two at once cannot remove the last two.
 * @param roles the roles that the person is about to lose
 */
export async function keepLastAdministrator(trx: Trx, personId: string, roles: readonly Role[]): Promise<void> {
  const lost = roles.filter(isAdministrator);
  if (lost.length === 0) return;
  await trx.query(
    'administrator.lock',
    "select pg_advisory_xact_lock(hashtext('bihuan:administrators:' || current_schema()))",
  );
  for (const role of lost) {
    const others = await trx.query(
      'administrator.others',
      `select 1 from posting o join person p on p.id = o.person_id and p.left_at is null
         join account a on a.person_id = p.id and a.disabled_at is null
        where o.role = $1 and o.ended_on is null and o.person_id <> $2 limit 1`,
      [role, personId],
    );
    if (others.length === 0)
      throw conflict('last_administrator', `该人员是唯一可用的${roleDefinition(role).label}，须先有人接任`);
  }
}
