import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectHeader, parseRow, proposeMapping, rowKind, type SheetRow } from '@bihuan/domain/intake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { encodeGb18030 } from './gb18030.ts';
import { writeDemoSpreadsheet } from './spreadsheet.ts';

describe('the demo spreadsheet', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bihuan-sheet-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    'orders.xlsx',
    'orders.csv',
  ])('%s holds the orders, the repeated and the broken rows it says it holds', async (name) => {
    const path = join(folder, name);
    const written = await writeDemoSpreadsheet(path, { rows: 6000 });
    expect(written.broken.length).toBeGreaterThan(10);
    expect(written.repeated).toBeGreaterThan(30);
    const sheet = await openSheet(path);
    const rows: SheetRow[] = [];
    for await (const row of sheet.rows()) rows.push(row);
    const header = detectHeader(rows.slice(0, 50));
    expect(header.columns.map((column) => column.header)).toEqual([
      '序号',
      ...['工单编号', '受理时间', '工单来源', '紧急程度', '诉求类型'].map((below) => `工单信息 ${below}`),
      ...['诉求人', '联系电话'].map((below) => `诉求人信息 ${below}`),
      ...['诉求标题', '诉求内容', '事发地址', '街镇'].map((below) => `诉求信息 ${below}`),
      ...['一级分类', '主办单位', '是否回访', '坐席工号'],
    ]);
    const data = rows.filter(
      ({ rowNumber, cells }) => rowNumber > header.lastRowNumber && rowKind(cells, header.columns) === 'data',
    );
    const { columns } = proposeMapping(header, data.slice(0, 200));
    const numbers = new Set<string>();
    const broken: { row: number; code: string }[] = [];
    for (const { rowNumber, cells } of data) {
      const parsed = parseRow(cells, columns);
      if (parsed.ok) numbers.add(parsed.value.externalNo!);
      else broken.push({ row: rowNumber, code: parsed.reasons[0]!.code });
    }
    expect(numbers.size).toBe(written.orders);
    expect(broken).toEqual(written.broken);
    expect(data.length).toBe(written.orders + written.repeated + written.broken.length);
    expect([...numbers].every((number) => /^\d{18}$/.test(number))).toBe(true);
  });

  it('is the same file for the same seed', async () => {
    for (const name of ['a.csv', 'b.csv', 'a.xlsx', 'b.xlsx'])
      await writeDemoSpreadsheet(join(folder, name), { rows: 500, seed: 5 });
    expect(await readFile(join(folder, 'a.csv'))).toEqual(await readFile(join(folder, 'b.csv')));
    expect(await readFile(join(folder, 'a.xlsx'))).toEqual(await readFile(join(folder, 'b.xlsx')));
  });

  it('is encoded as Node decodes GB18030', () => {
    const text = '宝山区蕰川路“城管”—，A1\u3000𠮷\n';
    expect(new TextDecoder('gb18030').decode(encodeGb18030(text))).toBe(text);
  });
});
