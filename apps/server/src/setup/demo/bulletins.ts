import { randomUUID } from 'node:crypto';
import type { BulletinCommand } from '@bihuan/domain/bulletin';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { beginBulletin, executeBulletin } from '../../reports/bulletin/index.ts';

/** Published on the first working days after the period; June's and the last week's are for whoever tries the demo. */
const PUBLISHED: readonly (readonly [period: string, at: string])[] = [
  ['2023-04', '2023-05-04T09:10:00+08:00'],
  ['2023-05', '2023-06-01T09:10:00+08:00'],
  ['2023-W24', '2023-06-19T09:10:00+08:00'],
  ['2023-W25', '2023-06-26T09:10:00+08:00'],
];
/** Minutes after the draft was begun. */
const STEPS: readonly (readonly [username: string, minutes: number, command: BulletinCommand])[] = [
  ['xietiao01', 25, { action: 'submit' }],
  ['xietiao-kezhang', 70, { action: 'approve' }],
  ['juzhang', 130, { action: 'publish' }],
];
const RECEIPT_AFTER_MINUTES = 190;

/**
 * Bulletins of the months and weeks before the demo opens, each through the hands it passes in a bureau: drafted, reviewed,
 * signed, received by the squadrons. Safe to repeat.
 */
export async function publishDemoBulletins(deps: Deps): Promise<void> {
  const actors = await actorsByUsername(deps);
  for (const [period, at] of PUBLISHED) {
    const begun = Date.parse(at);
    const then = (minutes: number): Deps => ({ ...deps, clock: { now: () => begun + minutes * 60_000 } });
    const drafter = actors.get('xietiao01')!;
    const { id, created } = await beginBulletin(then(0), drafter, { commandId: randomUUID(), period });
    if (!created) continue;
    for (const [username, minutes, command] of STEPS)
      await executeBulletin(then(minutes), actors.get(username)!, id, { commandId: randomUUID(), command });
    const clerks = [...actors.values()].filter(({ role }) => role === 'squadron_clerk');
    for (const [place, clerk] of clerks.entries())
      await executeBulletin(then(RECEIPT_AFTER_MINUTES + 7 * place), clerk, id, {
        commandId: randomUUID(),
        command: { action: 'receive' },
      });
  }
}

async function actorsByUsername(deps: Deps): Promise<Map<string, RequestActor>> {
  const rows = await deps.db.query<RequestActor & { username: string }>(
    null,
    `select a.username, a.id as "accountId", o.id as "postingId", o.id as "sessionId", p.id as "personId", p.name, o.role, u.id as "unitId", u.name as "unitName",
            case when u.kind = 'town' then u.id else u.town_id end as "townId", null as ip
       from account a join person p on p.id = a.person_id join posting o on o.person_id = p.id and o.ended_on is null join unit u on u.id = o.unit_id`,
  );
  return new Map(rows.map(({ username, ...actor }) => [username, actor]));
}
