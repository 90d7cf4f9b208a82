import { randomUUID } from 'node:crypto';
import type { BulletinCommand } from '@bihuan/domain/bulletin';
import type { Deps } from '../../platform/deps.ts';
import { beginBulletin, executeBulletin } from '../../reports/bulletin/index.ts';
import { actorsByUsername } from './actors.ts';

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
