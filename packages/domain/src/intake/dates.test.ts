import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from './cell.ts';
import { type DateOptions, parseDateTime } from './dates.ts';

const at = (cell: Cell, options?: DateOptions): string => {
  const result = parseDateTime(cell, options);
  return result.ok ? new Date(result.ms + 8 * 3_600_000).toISOString().slice(0, 19) : result.code;
};

describe('one instant in many spellings', () => {
  it.each<Cell>([
    '2023/6/1 9:05',
    '2023-06-01T09:05:00',
    '2023-06-01T09:05:00.000',
    '2023-06-01 09:05:00.123',
    '2023年6月1日9时5分',
    '2023年06月01日 09时05分00秒',
    '2023年6月1日 上午9:05',
    '2023年6月1日星期四 9点05分',
    '2023.6.1 9:05:00',
    '2023-6-1 9：05',
    '２０２３－０６－０１　０９：０５',
    '20230601 09:05',
    '202306010905',
    '20230601090500',
    '2023-06-01T01:05:00Z',
    '2023-06-01T09:05:00+08:00',
    '2023-06-01T10:05:00.000+0900',
    'Jun 1, 2023 9:05 AM',
    '1-Jun-2023 09:05',
    'Thu Jun 01 09:05:00 CST 2023',
    '1685581500',
    '1685581500000',
    20230601090500,
    { serial: 45078 + (9 * 60 + 5) / 1440 },
    45078 + (9 * 60 + 5) / 1440,
    `${45078.378472222219}`,
  ])('%j', (cell) => expect(at(cell)).toBe('2023-06-01T09:05:00'));

  it('reads noon, afternoon, evening and small hours', () => {
    expect(at('2023年6月1日下午3:20')).toBe('2023-06-01T15:20:00');
    expect(at('2023-06-01 下午 12:20')).toBe('2023-06-01T12:20:00');
    expect(at('2023-06-01 上午12:20')).toBe('2023-06-01T00:20:00');
    expect(at('2023-06-01 晚上8点30分')).toBe('2023-06-01T20:30:00');
    expect(at('2023-06-01 凌晨2:10')).toBe('2023-06-01T02:10:00');
    expect(at('2023-06-01 中午1:10')).toBe('2023-06-01T13:10:00');
    expect(at('6/13/2023 3:20 PM')).toBe('2023-06-13T15:20:00');
    expect(at('2023-06-01 下午15:20')).toBe('2023-06-01T15:20:00');
  });

  it('takes a date alone as its midnight and says so', () => {
    for (const cell of ['2023-06-01', '2023/6/1', '20230601', '2023年6月1日', { serial: 45078 }, 45078, 20230601]) {
      expect(parseDateTime(cell)).toEqual({ ok: true, ms: Date.UTC(2023, 4, 31, 16), dateOnly: true });
    }
  });

  it('reads 24:00 as the midnight that ends the day', () => {
    expect(at('2023-06-01 24:00:00')).toBe('2023-06-02T00:00:00');
  });
});

describe('what cannot be one date is refused, with why', () => {
  it.each([
    ['2023-02-29', 'date_impossible'],
    ['2023-13-01', 'date_impossible'],
    ['2023-06-31 10:00', 'date_impossible'],
    ['2023-06-01 25:00', 'date_impossible'],
    ['2023-06-01 24:30', 'date_impossible'],
    ['2023-06-01 10:60', 'date_impossible'],
    ['20230631', 'date_impossible'],
    ['6/1/2023', 'date_ambiguous'],
    ['6/1/23', 'date_ambiguous'],
    ['6月1日', 'date_no_year'],
    ['6月1日9时5分', 'date_no_year'],
    ['1900-01-01', 'date_out_of_range'],
    ['2123-01-01', 'date_out_of_range'],
    ['昨天下午', 'date_unrecognised'],
    ['已办结', 'date_unrecognised'],
    ['12345', 'date_unrecognised'],
    ['13812345678', 'date_unrecognised'],
    ['第3次来电2023-06-01', 'date_unrecognised'],
    ['2023-06', 'date_unrecognised'],
  ])('%s → %s', (text, code) => expect(at(text)).toBe(code));

  it('reads 1900 and 1904 serials apart', () => {
    expect(at(43616.5, { date1904: true })).toBe(at(45078.5));
    expect(at(3)).toBe('date_unrecognised');
  });

  it('uses the given order of day and month, and infers it where only one is possible', () => {
    expect(at('6/1/2023', { dateOrder: 'mdy' })).toBe('2023-06-01T00:00:00');
    expect(at('6/1/2023', { dateOrder: 'dmy' })).toBe('2023-01-06T00:00:00');
    expect(at('23/6/1 9:05', { dateOrder: 'ymd' })).toBe('2023-06-01T09:05:00');
    expect(at('1/6/23', { dateOrder: 'dmy' })).toBe('2023-06-01T00:00:00');
    expect(at('13/6/2023')).toBe('2023-06-13T00:00:00');
    expect(at('6/6/2023')).toBe('2023-06-06T00:00:00');
    expect(at('6/13/2023', { dateOrder: 'dmy' })).toBe('date_impossible');
  });
});

it('gives back any second of 1990–2099 from every spelling it is written in', () => {
  const min = Date.UTC(1990, 0, 2);
  const max = Date.UTC(2099, 11, 30);
  fc.assert(
    fc.property(fc.integer({ min: min / 1000, max: max / 1000 }), (second) => {
      const iso = new Date(second * 1000 + 8 * 3_600_000).toISOString();
      const [y, mo, d, h, mi, s] = iso.match(/\d+/g)!.map(Number);
      const spellings: Cell[] = [
        iso.slice(0, 19),
        `${y}/${mo}/${d} ${h}:${mi}:${s}`,
        `${y}年${mo}月${d}日${h}时${mi}分${s}秒`,
        iso.slice(0, 19).replace(/\D/g, ''),
        { serial: (second + 8 * 3600) / 86_400 + 25_569 },
      ];
      for (const cell of spellings) expect(parseDateTime(cell)).toMatchObject({ ok: true, ms: second * 1000 });
    }),
    { numRuns: 500 },
  );
});
