import type { BodyOf } from '@bihuan/contract';
import type { Letterhead, saveLetterhead } from '@bihuan/contract/bulletin';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { commandDone } from './bulletin.repo.ts';
import { currentLetterhead, LETTERHEAD } from './letterhead.query.ts';

/**
 * Changes what stands around the bulletins begun from now on.
 * @throws Problem 400 when both kinds have the same series: their numbers would run into each other
 */
export async function changeLetterhead(
  deps: Deps,
  actor: RequestActor,
  { commandId, ...letterhead }: BodyOf<typeof saveLetterhead>,
): Promise<Letterhead> {
  const now = deps.clock.now();
  const today = dateAt(now);
  const { monthly, weekly } = letterhead.series;
  if (monthly === weekly)
    throw invalid('两种通报的代字不能相同', [
      { field: '/series/weekly', message: '与每月通报的代字相同，请改用另一个' },
    ]);
  await deps.db.transaction(async (trx) => {
    await trx.query(null, 'select pg_advisory_xact_lock(hashtext($1))', [`bihuan:${LETTERHEAD}`]);
    if (await commandDone(trx, commandId)) return;
    const before = await currentLetterhead(trx, today);
    await trx.query(
      null,
      `insert into setting (key, effective_from, value, changed_by, changed_at) values ($1, $2, $3::jsonb, $4, $5)
       on conflict (key, effective_from) do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
      [LETTERHEAD, today, JSON.stringify(letterhead), actor.personId, new Date(now)],
    );
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'bulletin.letterhead',
      objectType: 'setting',
      commandId,
      data: { before, after: letterhead },
    });
  });
  return currentLetterhead(deps.db, today);
}
