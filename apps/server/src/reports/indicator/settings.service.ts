import type { BodyOf } from '@bihuan/contract';
import type { IndicatorSettings, saveIndicatorSettings } from '@bihuan/contract/indicator';
import { weightsProblem } from '@bihuan/domain/scoring';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import {
  commandDone,
  insertSettings,
  lockSettings,
  type RankingSettings,
  readAllSettings,
  settingsOn,
} from './settings.repo.ts';

export async function currentSettings(sql: Sql, today: string): Promise<IndicatorSettings> {
  const all = await readAllSettings(sql);
  return {
    ...view(settingsOn(all, today)),
    upcoming: all.filter((settings) => settings.effectiveFrom > today).map(view),
  };
}

const view = ({ effectiveFrom, minimum, weights }: RankingSettings) => ({
  effectiveFrom,
  minimum,
  weights: { ...weights },
});

/**
 * Changes the ranking's minimum and the score's weights for periods that begin on or after the effective date. Never backwards:
 * a past month keeps the rule that it was run by.
 * @throws Problem 400 when the weights do not sum to 100 or the date lies in the past
 */
export async function changeSettings(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof saveIndicatorSettings>,
): Promise<IndicatorSettings> {
  const now = deps.clock.now();
  const today = dateAt(now);
  const problem = weightsProblem(body.weights);
  if (problem) throw invalid(problem, [{ field: '/weights', message: problem }]);
  const changed = await deps.db.transaction(async (trx) => {
    await lockSettings(trx);
    if (await commandDone(trx, body.commandId)) return false;
    if (body.effectiveFrom < today) {
      throw invalid('生效日不能早于今天，已过去的时段仍按当时的规则计算', [
        { field: '/effectiveFrom', message: '请选择今天或以后的日期' },
      ]);
    }
    const before = settingsOn(await readAllSettings(trx), body.effectiveFrom);
    const { effectiveFrom, minimum, weights } = body;
    await insertSettings(trx, { effectiveFrom, minimum, weights }, actor.personId, new Date(now));
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'indicator.configure',
      objectType: 'setting',
      commandId: body.commandId,
      data: { before: view(before), after: { effectiveFrom, minimum, weights } },
    });
    await publish(trx, { topic: 'indicator.configured', objectId: body.commandId });
    return true;
  });
  if (changed) deps.live.wake();
  return currentSettings(deps.db, today);
}
