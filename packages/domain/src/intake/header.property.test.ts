import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cell, SheetRow } from './cell.ts';
import { detectHeader } from './header.ts';

/** A heading as a person draws it: a name of its own column, or a group's name over its parts. */
interface Part {
  readonly name: string;
  readonly parts: readonly Part[];
}

const leafCount = (part: Part): number =>
  part.parts.length === 0 ? 1 : part.parts.reduce((n, p) => n + leafCount(p), 0);
const depth = (part: Part): number => 1 + Math.max(0, ...part.parts.map(depth));
const fullNames = (part: Part): string[] =>
  part.parts.length === 0 ? [part.name] : part.parts.flatMap(fullNames).map((below) => `${part.name} ${below}`);

/**
 * The lines of the heading. `gaps`: only the first cell of a merged range holds the name, as in xlsx and in what a spreadsheet
 * program saves as CSV; `filled`: groups are written into each of their columns.
 */
function draw(heading: readonly Part[], how: 'gaps' | 'filled'): Cell[][] {
  const width = heading.reduce((n, part) => n + leafCount(part), 0);
  const lines: Cell[][] = Array.from({ length: Math.max(...heading.map(depth)) }, () => Array<Cell>(width).fill(null));
  const put = (part: Part, line: number, column: number): void => {
    const columns = how === 'filled' ? leafCount(part) : 1;
    lines[line]!.fill(part.name, column, column + columns);
    let at = column;
    for (const below of part.parts) {
      put(below, line + 1, at);
      at += leafCount(below);
    }
  };
  let at = 0;
  for (const part of heading) {
    put(part, 0, at);
    at += leafCount(part);
  }
  return lines;
}

/** As readers give a row: without the empty cells at its end. */
const trimmed = (cells: Cell[]): Cell[] => cells.slice(0, cells.findLastIndex((cell) => cell !== null) + 1);

const KNOWN = [
  '工单编号',
  '受理时间',
  '诉求内容',
  '事发地址',
  '联系电话',
  '姓名',
  '所属街镇',
  '主办单位',
  '紧急程度',
  '诉求标题',
];
const UNKNOWN = ['坐席', '办结码', '督办人', '片区', '附注甲', '附注乙'];
const GROUPS = ['基本信息', '当事人', '诉求情况', '办理过程', '归口', '补充'];

const headings = fc
  .record({
    known: fc.shuffledSubarray(KNOWN, { minLength: 6 }),
    unknown: fc.shuffledSubarray(UNKNOWN),
    groups: fc.shuffledSubarray(GROUPS, { minLength: GROUPS.length }),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 16, maxLength: 16 }),
    order: fc.infiniteStream(fc.boolean()),
    nested: fc.boolean(),
  })
  .map(({ known, unknown, groups, sizes, order, nested }): Part[] => {
    const names = [...known];
    for (const name of unknown) names.splice(order.next().value ? 0 : Math.floor(names.length / 2), 0, name);
    const parts: Part[] = [];
    const spare = [...groups];
    for (const size of sizes) {
      const taken = names.splice(0, size).map((name) => ({ name, parts: [] }));
      if (taken.length === 0) break;
      // One group at the least stays for the outer one.
      if (taken.length === 1 || spare.length === 1) parts.push(...taken);
      else parts.push({ name: spare.pop()!, parts: taken });
    }
    const inner = parts.findIndex((part) => part.parts.length > 0);
    const next = parts[inner + 1];
    if (nested && next) parts.splice(inner, 2, { name: spare.pop()!, parts: [parts[inner]!, next] });
    return parts;
  })
  // A single group over the whole width is a title.
  .filter((parts) => parts.length >= 2);

it('a heading drawn with merged cells gives each column its full name, however groups and single names are mixed', () => {
  fc.assert(
    fc.property(
      headings,
      fc.constantFrom('gaps' as const, 'filled' as const),
      fc.integer({ min: 0, max: 2 }),
      fc.boolean(),
      (heading, how, titles, trim) => {
        const expected = heading.flatMap(fullNames);
        // Groups in every cell, over names nobody knows, look like namesake columns over an order.
        const inGroups = expected.filter((name) => name.includes(' ')).map((name) => name.split(' ').pop()!);
        fc.pre(how === 'gaps' || inGroups.length === 0 || inGroups.some((name) => KNOWN.includes(name)));
        const data: Cell[] = expected.map((_, i) => 310_113_000 + i);
        const lines = draw(heading, how).map((cells) => (trim ? trimmed(cells) : cells));
        const above: Cell[][] = [['某区热线工单明细表'], ['导出时间：2023-07-03 09:12']].slice(0, titles);
        const rows: SheetRow[] = [...above, ...lines, data, data].map((cells, i) => ({ rowNumber: i + 1, cells }));
        const header = detectHeader(rows);
        expect(header.columns.map((column) => column.header)).toEqual(expected);
        expect(header.lastRowNumber).toBe(titles + lines.length);
      },
    ),
    { numRuns: 500 },
  );
});
