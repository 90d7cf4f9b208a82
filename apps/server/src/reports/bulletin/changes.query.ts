import type { ResponseOf } from '@bihuan/contract';
import type { compareBulletins } from '@bihuan/contract/bulletin';
import { BLOCKS, type BulletinFigure, type FigureBook, linesOf, valueText } from '@bihuan/domain/bulletin';
import type { Sql } from '../../platform/db/index.ts';
import { type BulletinRow, findBulletin } from './bulletin.repo.ts';
import { bookOfRow } from './source.service.ts';

type Changes = ResponseOf<typeof compareBulletins>;

/** What a revision says otherwise than the one it corrects: text with its figures written out, numbers, and orders behind them. */
export async function changesOf(sql: Sql, row: BulletinRow): Promise<Changes> {
  const before = row.supersedes_id === null ? null : await findBulletin(sql, row.supersedes_id);
  if (!before) return { before: null, reason: null, title: null, sections: [], figures: [] };
  const [was, is] = [await bookOfRow(sql, before), await bookOfRow(sql, row)];
  return {
    before: { id: before.id, revision: before.revision, number: before.number },
    reason: row.correction_reason,
    title: before.title === row.title ? null : { before: before.title, now: row.title },
    sections: sectionChanges(before, was, row, is),
    figures: await figureChanges(sql, before.id, row.id),
  };
}

function sectionChanges(before: BulletinRow, was: FigureBook, row: BulletinRow, is: FigureBook): Changes['sections'] {
  const keys = [...new Set([...row.sections, ...before.sections].map(({ key }) => key))];
  return keys
    .map((key) => {
      const [a, b] = [before, row].map(({ sections }) => sections.find((section) => section.key === key));
      return {
        key,
        heading: b?.heading || a?.heading || '开头',
        before: a ? inWords(a.body, was) : '',
        now: b ? inWords(b.body, is) : '',
      };
    })
    .filter((section) => section.before !== section.now);
}

const inWords = (body: string, book: FigureBook): string =>
  linesOf(body, book)
    .map((line) => (line.kind === 'block' ? `［${BLOCKS[line.name]}］` : line.text))
    .join('\n');

interface FigureChangeRow {
  key: string;
  label: string;
  was: BulletinFigure | null;
  is: BulletinFigure | null;
  added: number;
  removed: number;
}

async function figureChanges(sql: Sql, before: string, now: string): Promise<Changes['figures']> {
  const only = (one: string, other: string) =>
    `(select count(*)::int from (select unnest(${one}.denominator_ids) except all select unnest(${other}.denominator_ids)) x)`;
  const rows = await sql.query<FigureChangeRow>(
    null,
    `select coalesce(b.key, a.key) as key, coalesce(b.label, a.label) as label,
            to_jsonb(a) - 'numerator_ids' - 'denominator_ids' as was, to_jsonb(b) - 'numerator_ids' - 'denominator_ids' as is,
            ${only('b', 'a')} as added, ${only('a', 'b')} as removed
       from (select * from bulletin_figure where bulletin_id = $1) a full join (select * from bulletin_figure where bulletin_id = $2) b using (key)
      where a.value is distinct from b.value or a.numerator is distinct from b.numerator or a.denominator is distinct from b.denominator
         or a.numerator_ids is distinct from b.numerator_ids or a.denominator_ids is distinct from b.denominator_ids
      order by 1`,
    [before, now],
  );
  return rows.map(({ key, label, was, is, added, removed }) => ({
    key,
    label,
    before: was && inNumbers(was),
    now: is && inNumbers(is),
    added,
    removed,
  }));
}

/** 71.5%（123/172）, or the count. */
function inNumbers(figure: BulletinFigure): string {
  if (figure.data.kind !== 'rate') return valueText(figure);
  return `${valueText(figure)}（${figure.numerator}/${figure.denominator}）`;
}
