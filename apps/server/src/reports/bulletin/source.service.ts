import { type BulletinText, composeBulletin, type FigureBook, kindOf } from '@bihuan/domain/bulletin';
import { type Period, parsePeriod, periodOf } from '@bihuan/domain/indicator';
import { dateAt, parseDay } from '@bihuan/domain/workday';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bookOf, untilWords } from './begin.service.ts';
import { type BulletinRow, findBulletin, readBulletinFigures } from './bulletin.repo.ts';
import type { BulletinSource } from './document.ts';
import { readLetterhead } from './letterhead.query.ts';
import { takeFigures } from './take-figures.service.ts';

export function periodOfRow({ kind, period_start }: Pick<BulletinRow, 'kind' | 'period_start'>): Period {
  return periodOf(kind === 'weekly' ? 'week' : 'month', parseDay(period_start));
}

export async function bookOfRow(sql: Sql, row: BulletinRow): Promise<FigureBook> {
  return bookOf(periodOfRow(row), { figures: (await readBulletinFigures(sql, row.id)) as never });
}

/** What a bulletin's document is made of: its own rows and nothing else. @param text not yet saved words, for a preview */
export async function sourceOf(sql: Sql, row: BulletinRow, text: BulletinText = row): Promise<BulletinSource> {
  const corrected = row.supersedes_id === null ? null : await findBulletin(sql, row.supersedes_id);
  return {
    title: text.title,
    recipients: text.recipients,
    sections: text.sections,
    kind: row.kind,
    number: row.number,
    revision: row.revision,
    corrects: corrected?.number ? { number: corrected.number, reason: row.correction_reason ?? '' } : null,
    letterhead: row.letterhead,
    publishedAt: row.published_at?.getTime() ?? null,
    book: await bookOfRow(sql, row),
  };
}

/** A bulletin nobody has begun, as it would be begun now. Nothing is written. */
export async function unsavedSource({ db, clock }: Deps, text: string): Promise<BulletinSource> {
  const period = parsePeriod(text);
  const now = clock.now();
  const taken = await takeFigures(db, period, now);
  const book = bookOf(period, taken);
  const kind = kindOf(period);
  return {
    ...composeBulletin(book, untilWords(taken.asOf)),
    kind,
    number: null,
    revision: 1,
    corrects: null,
    letterhead: await readLetterhead(db, kind, dateAt(now)),
    publishedAt: null,
    book,
  };
}
