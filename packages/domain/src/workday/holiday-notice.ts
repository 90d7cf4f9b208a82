import { formatDay, parseDay } from './day.ts';

export interface NoticeDay {
  readonly day: string;
  readonly kind: 'holiday' | 'makeup';
  readonly note: string | null;
}
export interface NoticeReading {
  readonly days: readonly NoticeDay[];
  /** Lines that speak of days and could not be read, each with why, in words for the person who pasted them. */
  readonly problems: readonly string[];
}

const DATE = String.raw`(?:(\d{4})\s*[年\-/.])?\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?`;
const SPAN = new RegExp(
  String.raw`${DATE}(?:\s*(?:至|到|—+|~|～|－)\s*(?:(?:(\d{4})\s*[年\-/.])?\s*(\d{1,2})\s*[月\-/.])?\s*(\d{1,2})\s*日?)?`,
  'g',
);
const WORKED = /上班|调休上班|补班|makeup/;
const FREE = /放假|休息|假期|holiday/;
/** A span longer than this is a slip of the pen: the longest holiday was ten days. */
const LONGEST_SPAN = 31;

/**
 * Reads a year's holidays from the State Council's notice as it is published (“二、春节：2月15日（农历腊月二十八、周日）至23日
 * （…）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。”) or from a table with a day, a kind and a name in each line
 * (“2027-01-01,放假,元旦”). Days without a year are of `year`; a later line for the same day wins.
 */
export function readHolidayNotice(text: string, year: number): NoticeReading {
  const days = new Map<string, NoticeDay>();
  const problems: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    // What stands in brackets are weekdays and lunar dates.
    const plain = line
      .replace(/[（(][^（()）]*[）)]/g, '')
      .replace(/["\t]/g, ' ')
      .trim();
    const heading = /^(?:[一二三四五六七八九十]+、)?\s*([\p{Script=Han}、]{2,20})[：:]/u.exec(plain)?.[1] ?? null;
    for (const clause of plain.split(/[。；;]/)) {
      const spans = [...clause.matchAll(SPAN)];
      if (spans.length === 0) continue;
      const kind = WORKED.test(clause) ? 'makeup' : FREE.test(clause) ? 'holiday' : null;
      const shown = clause.trim();
      if (kind === null) {
        problems.push(`“${shown}”没有写明放假还是上班`);
        continue;
      }
      const name =
        heading ??
        clause
          .split(/[,，\s]+/)
          .map((cell) => cell.trim())
          .find((cell) => /^\p{Script=Han}{2,20}$/u.test(cell) && !WORKED.test(cell) && !FREE.test(cell)) ??
        null;
      for (const [, y, m, d, endYear, endMonth, endDay] of spans) {
        const startYear = Number(y ?? year);
        const first = dayOf(startYear, Number(m), Number(d));
        const last =
          endDay === undefined
            ? first
            : dayOf(
                Number(endYear ?? startYear + (endMonth !== undefined && Number(endMonth) < Number(m) ? 1 : 0)),
                Number(endMonth ?? m),
                Number(endDay),
              );
        if (first === null || last === null || last < first || last - first >= LONGEST_SPAN) {
          problems.push(`“${shown}”中的日期不存在或次序颠倒`);
          continue;
        }
        for (let day = first; day <= last; day++) {
          const date = formatDay(day);
          days.set(date, { day: date, kind, note: name });
        }
      }
    }
  }
  return { days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)), problems };
}

function dayOf(year: number, month: number, day: number): number | null {
  try {
    return parseDay(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
  } catch {
    return null;
  }
}

/** Monday to Friday. @param day 'YYYY-MM-DD' */
export function isWeekday(day: string): boolean {
  // 1970-01-01 was a Thursday.
  return (parseDay(day) + 3) % 7 < 5;
}

/** What is wrong with a day as part of a year's calendar, in words; `null` = nothing. */
export function specialDayProblem(day: NoticeDay, year: number): string | null {
  if (!day.day.startsWith(`${year}-`))
    return `${day.day} 不属于 ${year} 年，请在 ${day.day.slice(0, 4)} 年的日历中维护`;
  if (day.kind === 'makeup' && isWeekday(day.day)) return `${day.day} 是周一至周五，本来就上班，不必列为调休上班`;
  return null;
}
