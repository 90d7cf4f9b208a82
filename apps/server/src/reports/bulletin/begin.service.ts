import { bulletinTitle, composeBulletin, type FigureBook, kindOf } from '@bihuan/domain/bulletin';
import { type Period, periodInstants } from '@bihuan/domain/indicator';
import { dateAt, formatDay } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid } from '../../platform/errors.ts';
import { readPeriod } from '../indicator/index.ts';
import { type BulletinRow, copyFigures, findByPeriod, insertBulletin, replaceFigures } from './bulletin.repo.ts';
import { readLetterhead } from './letterhead.query.ts';
import { tellWriters } from './notices.ts';
import { type Taken, takeFigures } from './take-figures.service.ts';

/** @throws Problem 400 when the text is no week or month, or one that has not begun */
export function bulletinPeriod(text: string, now: number): Period {
  const period = readPeriod(text);
  const field = (message: string) => [{ field: '/period', message }];
  if (period.kind !== 'week' && period.kind !== 'month') throw invalid('通报只按周或月编制', field('请选择周或月'));
  if (periodInstants(period).from > now) throw invalid('这一时段尚未开始', field('请选择已开始的时段'));
  return period;
}

export const bookOf = (period: Period, { figures }: Pick<Taken, 'figures'>): FigureBook => ({
  period,
  figures: new Map(figures.map((figure) => [figure.key, figure])),
});

/** 6月30日24时; within a day, 6月20日10时. */
export function untilWords(asOf: number): string {
  const atMidnight = dateAt(asOf) !== dateAt(asOf - 1);
  const [, month, day] = dateAt(atMidnight ? asOf - 1 : asOf)
    .split('-')
    .map(Number);
  const hour = atMidnight ? 24 : Math.floor(((asOf + 8 * 3_600_000) % 86_400_000) / 3_600_000);
  return `${month}月${day}日${hour}时`;
}

/**
 * Begins the bulletin of a week or month with the figures of now and a text of its own making. A period has one bulletin: if there is
 * one, it is that one, published or not.
 */
export async function beginBulletin(
  deps: Deps,
  actor: RequestActor,
  request: { commandId: string; period: string },
): Promise<{ id: string; created: boolean }> {
  const now = deps.clock.now();
  const period = bulletinPeriod(request.period, now);
  const kind = kindOf(period);
  const periodStart = formatDay(period.first);
  const existing = await findByPeriod(deps.db, kind, periodStart);
  if (existing) return { id: existing.id, created: false };
  const taken = await takeFigures(deps.db, period, now);
  const text = composeBulletin(bookOf(period, taken), untilWords(taken.asOf));
  const id = await deps.db.transaction(async (trx) => {
    const inserted = await insertBulletin(trx, {
      ...text,
      kind,
      periodStart,
      periodEnd: formatDay(period.end - 1),
      revision: 1,
      supersedesId: null,
      correctionReason: null,
      asOf: new Date(taken.asOf),
      draftedBy: actor.personId,
      draftedAt: new Date(now),
      letterhead: await readLetterhead(trx, kind, dateAt(now)),
    });
    if (inserted === null) return null;
    await replaceFigures(trx, inserted, taken);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'bulletin.create',
      objectType: 'bulletin',
      objectId: inserted,
      toStatus: 'draft',
      commandId: request.commandId,
      data: { period: period.text, figures: taken.figures.length },
    });
    await tellWriters(trx, actor, inserted);
    return inserted;
  });
  if (id !== null) {
    deps.live.wake();
    return { id, created: true };
  }
  // Another began it between our looking and our writing.
  const other = await findByPeriod(deps.db, kind, periodStart);
  if (!other) throw conflict('try_again', '他人正在处理同一记录，请重试');
  return { id: other.id, created: false };
}

/** The next revision of a published bulletin: its text, and its frozen figures or those of now. */
export async function beginCorrection(
  trx: Trx,
  actor: RequestActor,
  row: BulletinRow,
  correction: { reason: string; taken: Taken | null; period: Period; now: number },
): Promise<string> {
  const { taken, period, now } = correction;
  const id = await insertBulletin(trx, {
    title: row.revision === 1 && row.title === bulletinTitle(period) ? `${row.title}（更正）` : row.title,
    recipients: row.recipients,
    sections: row.sections,
    kind: row.kind,
    periodStart: row.period_start,
    periodEnd: row.period_end,
    revision: row.revision + 1,
    supersedesId: row.id,
    correctionReason: correction.reason,
    asOf: taken ? new Date(taken.asOf) : row.as_of,
    draftedBy: actor.personId,
    draftedAt: new Date(now),
    letterhead: await readLetterhead(trx, row.kind, dateAt(now)),
  });
  if (id === null) throw conflict('try_again', '他人正在处理同一记录，请重试');
  if (taken) await replaceFigures(trx, id, taken);
  else await copyFigures(trx, row.id, id);
  return id;
}
