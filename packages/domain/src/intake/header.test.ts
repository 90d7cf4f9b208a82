import { describe, expect, it } from 'vitest';
import type { Cell, SheetRow } from './cell.ts';
import { FIELD_KEYS, fieldByHeader, normaliseHeader, TARGET_FIELDS } from './fields.ts';
import { detectHeader, headerSignature, rowKind } from './header.ts';
import { missingFields, proposeMapping } from './mapping.ts';

const sheet = (...rows: Cell[][]): SheetRow[] => rows.map((cells, i) => ({ rowNumber: i + 1, cells }));
const names = (rows: SheetRow[]): string[] => detectHeader(rows).columns.map((column) => column.header);
const fields = (rows: SheetRow[]): Record<string, string | null> => {
  const header = detectHeader(rows);
  const data = rows.filter((row) => row.rowNumber > header.lastRowNumber);
  return Object.fromEntries(proposeMapping(header, data).columns.map((column) => [column.header, column.field]));
};

const DATA: Cell[] = [
  '310113202306010001',
  '2023-06-01 09:05',
  '市民来电反映：甲路乙弄有人深夜施工，影响休息，要求处理。',
  '13800000000',
];

describe('finding the heading', () => {
  it('skips title rows and merged cells above it', () => {
    const rows = sheet(
      ['某区热线工单导出表', null, null, null],
      ['导出时间：2023-07-01 10:00', null, null, '导出人：甲'],
      ['工单编号', '工单生成时间', '内容描述', '联系电话'],
      DATA,
      DATA,
    );
    expect(detectHeader(rows)).toMatchObject({ rowNumbers: [3], lastRowNumber: 3 });
    expect(names(rows)).toEqual(['工单编号', '工单生成时间', '内容描述', '联系电话']);
  });

  it('joins a heading of two lines: groups above names', () => {
    const rows = sheet(
      ['工单信息', null, null, '诉求人信息', null],
      ['编号', '时间', '内容', '姓名', '电话'],
      ['310113202306010001', '2023-06-01', '甲路乙弄有人深夜施工影响休息', '张三', '13800000000'],
    );
    expect(detectHeader(rows).rowNumbers).toEqual([1, 2]);
    expect(names(rows)).toEqual([
      '工单信息 编号',
      '工单信息 时间',
      '工单信息 内容',
      '诉求人信息 姓名',
      '诉求人信息 电话',
    ]);
    expect(fields(rows)).toEqual({
      '工单信息 编号': 'externalNo',
      '工单信息 时间': 'receivedAt',
      '工单信息 内容': 'content',
      '诉求人信息 姓名': 'complainantName',
      '诉求人信息 电话': 'complainantPhone',
    });
  });

  it('joins a heading whose single columns are merged downwards', () => {
    const rows = sheet(
      ['某区热线工单导出表'],
      ['工单编号', '受理时间', '诉求分类', null, null, '内容描述'],
      [null, null, '一级分类', '二级分类', '三级分类', null],
      ['310113202306010001', '2023-06-01', '城市管理', '违法建筑', '违法搭建', '甲路乙弄有人违法搭建'],
    );
    expect(detectHeader(rows).rowNumbers).toEqual([2, 3]);
    expect(names(rows)).toEqual([
      '工单编号',
      '受理时间',
      '诉求分类 一级分类',
      '诉求分类 二级分类',
      '诉求分类 三级分类',
      '内容描述',
    ]);
    expect(Object.values(fields(rows))).toEqual([
      'externalNo',
      'receivedAt',
      'category1',
      'category2',
      'category3',
      'content',
    ]);
  });

  const MIXED_DATA: Cell[] = [
    '310113202306010001',
    '2023-06-01',
    '张三',
    '13800000000',
    '甲路乙弄有人违法搭建',
    '城市管理',
  ];
  const MIXED_NAMES = ['工单编号', '受理时间', '投诉人 姓名', '投诉人 电话', '诉求内容', '一级分类'];
  it.each([
    [
      'merged cells',
      ['工单编号', '受理时间', '投诉人', null, '诉求内容', '一级分类'],
      [null, null, '姓名', '电话', null, null],
    ],
    [
      'merged cells, trailing ones left out',
      ['工单编号', '受理时间', '投诉人', null, '诉求内容', '一级分类'],
      [null, null, '姓名', '电话'],
    ],
    [
      'the group written into each of its cells',
      ['工单编号', '受理时间', '投诉人', '投诉人', '诉求内容', '一级分类'],
      [null, null, '姓名', '电话', null, null],
    ],
    [
      'every merged cell filled',
      ['工单编号', '受理时间', '投诉人', '投诉人', '诉求内容', '一级分类'],
      ['工单编号', '受理时间', '姓名', '电话', '诉求内容', '一级分类'],
    ],
  ] as [string, Cell[], Cell[]][])('reads groups beside names merged downwards: %s', (_how, upper, lower) => {
    const rows = sheet(['某区热线工单导出表'], upper, lower, MIXED_DATA, MIXED_DATA);
    expect(detectHeader(rows)).toMatchObject({ rowNumbers: [2, 3], lastRowNumber: 3 });
    expect(names(rows)).toEqual(MIXED_NAMES);
    expect(Object.values(fields(rows))).toEqual([
      'externalNo',
      'receivedAt',
      'complainantName',
      'complainantPhone',
      'content',
      'category1',
    ]);
  });

  it('keeps names merged downwards when the groups below have more known names than they', () => {
    const rows = sheet(
      ['序号', '工单信息', null, null, '投诉人', null, '坐席', '办结码'],
      [null, '工单编号', '受理时间', '诉求内容', '姓名', '联系电话'],
      [1, '310113202306010001', '2023-06-01', '甲路乙弄有人违法搭建', '张三', '13800000000', 1001, 7],
    );
    expect(names(rows)).toEqual([
      '序号',
      '工单信息 工单编号',
      '工单信息 受理时间',
      '工单信息 诉求内容',
      '投诉人 姓名',
      '投诉人 联系电话',
      '坐席',
      '办结码',
    ]);
  });

  it('reads three lines, whichever of them is the fullest', () => {
    const data: Cell[] = [
      '310113202306010001',
      '2023-06-01',
      '张三',
      '13800000000',
      '违法建筑',
      '违法搭建',
      '甲路乙弄有人搭建',
    ];
    const lines: Cell[][] = [
      ['工单编号', '受理时间', '诉求信息', null, null, null, '诉求内容'],
      [null, null, '投诉人', null, '归口', null, null],
      [null, null, '姓名', '电话', '大类', '小类', null],
    ];
    expect(names(sheet(...lines, data, data))).toEqual([
      '工单编号',
      '受理时间',
      '诉求信息 投诉人 姓名',
      '诉求信息 投诉人 电话',
      '诉求信息 归口 大类',
      '诉求信息 归口 小类',
      '诉求内容',
    ]);
  });

  it('does not take a first order of few short words for a heading line', () => {
    for (const first of [
      ['A01', '电话', '市民', '噪音'],
      ['A01', null, '市民', '市民'],
      [null, '网站', '市民', null],
    ]) {
      const rows = sheet(['工单编号', '诉求来源', '诉求人', '备注'], first, DATA, DATA);
      expect(detectHeader(rows).lastRowNumber).toBe(1);
    }
  });

  it('does not take the first order for a second heading line, even with empty cells', () => {
    const rows = sheet(['工单编号', '受理时间', '标题', '备注'], ['A0001', null, '占道经营', null], DATA);
    expect(detectHeader(rows).lastRowNumber).toBe(1);
  });

  it('keeps nameless columns that hold data, drops those that hold none, and tells namesakes apart', () => {
    const rows = sheet(['工单编号', null, '备注', '备注', null], ['A1', 'x', 'y', 'z', null], DATA);
    expect(names(rows)).toEqual(['工单编号', '第2列', '备注', '备注（2）']);
  });

  it('names the columns by position when there is no heading at all, and maps by content', () => {
    const rows = sheet(DATA, ['310113202306010002', ...DATA.slice(1)], ['310113202306010003', ...DATA.slice(1)]);
    expect(detectHeader(rows)).toMatchObject({ rowNumbers: [], lastRowNumber: 0 });
    expect(fields(rows)).toEqual({
      第1列: 'externalNo',
      第2列: 'receivedAt',
      第3列: 'content',
      第4列: 'complainantPhone',
    });
  });

  it('tells blank rows and repeated headings from orders', () => {
    const { columns } = detectHeader(sheet(['工单编号', '受理时间', '内容描述', '联系电话'], DATA));
    expect(rowKind(['工单编号', '受理时间', '内容描述', '联系电话'], columns)).toBe('heading');
    expect(rowKind([' ', '\u3000', null, '\t'], columns)).toBe('blank');
    expect(rowKind([], columns)).toBe('blank');
    expect(rowKind(DATA, columns)).toBe('data');
    expect(rowKind([null, null, '内容描述', '13800000000'], columns)).toBe('data');
  });

  it('signs a source by its columns, whatever their order', () => {
    const a = detectHeader(sheet(['工单编号', '受理时间', '内容'], DATA)).columns;
    const b = detectHeader(sheet(['内容 ', '受理时间', '工单编号*'], DATA)).columns;
    expect(headerSignature(a)).toBe(headerSignature(b));
  });
});

describe('proposing a mapping', () => {
  it('knows every listed synonym, and none belongs to two fields', () => {
    for (const key of FIELD_KEYS) {
      for (const synonym of TARGET_FIELDS[key].synonyms)
        expect([synonym, fieldByHeader(synonym)]).toEqual([synonym, key]);
    }
  });

  it('sees through notes, stars, spaces and case in a column name', () => {
    expect(fieldByHeader('＊工单编号（必填）')).toBe('externalNo');
    expect(fieldByHeader(' 联系 电话[脱敏]')).toBe('complainantPhone');
    expect(fieldByHeader('UNIQUE_KEY')).toBe('externalNo');
    expect(normaliseHeader('（备注）')).not.toBe('');
  });

  it('maps the foreign export by its English names', () => {
    expect(
      fields(
        sheet(
          ['Unique Key', 'Created Date', 'Complaint Type', 'Descriptor', 'Incident Address', 'Borough', 'Latitude'],
          ['60000001', '2024-04-16T03:03:15.000', 'Noise', 'Loud Music', '1 MAIN STREET', 'QUEENS', '40.1'],
        ),
      ),
    ).toEqual({
      'Unique Key': 'externalNo',
      'Created Date': 'receivedAt',
      'Complaint Type': 'category1',
      Descriptor: 'title',
      'Incident Address': 'address',
      Borough: 'district',
      Latitude: null,
    });
  });

  it('gives a field to one column only, the surer one', () => {
    const mapped = fields(
      sheet(['编号', '工单编号', '受理时间', '时间', '内容描述'], ['1', DATA[0]!, DATA[1]!, DATA[1]!, DATA[2]!]),
    );
    expect(mapped).toEqual({
      编号: null,
      工单编号: 'externalNo',
      受理时间: 'receivedAt',
      时间: null,
      内容描述: 'content',
    });
    const used = Object.values(mapped).filter((field) => field !== null);
    expect(new Set(used).size).toBe(used.length);
  });

  it('trusts a name less when the cells say otherwise', () => {
    const rows = sheet(
      ['工单编号', '受理时间', '内容描述'],
      ...Array.from({ length: 5 }, () => [DATA[0]!, '已受理', DATA[2]!]),
    );
    const header = detectHeader(rows);
    const column = proposeMapping(header, rows.slice(1)).columns[1]!;
    expect(column.confidence).toBeLessThan(0.6);
    expect(column.why).toContain('不是日期');
  });

  it('knows a grouped name also where its lines were joined before', () => {
    expect(
      fields(sheet(['工单信息 工单编号', '工单信息 受理时间', '诉求 内容描述'], DATA.slice(0, 3), DATA.slice(0, 3))),
    ).toEqual({
      '工单信息 工单编号': 'externalNo',
      '工单信息 受理时间': 'receivedAt',
      '诉求 内容描述': 'content',
    });
  });

  it('does not guess from what only few rows fill in', () => {
    const prose = '门前长期占道经营，行人只能走在车道上，希望尽快处理为盼';
    const rows = sheet(
      ['工单编号', '受理时间', '标题', '特别情况'],
      ...Array.from({ length: 10 }, (_, i): Cell[] => [`A${i}0001`, DATA[1]!, '占道经营', i === 0 ? prose : null]),
    );
    expect(fields(rows)).toMatchObject({ 标题: 'title', 特别情况: null });
  });

  it('says what every order needs and no column gives', () => {
    const rows = sheet(['工单编号', '联系电话'], [DATA[0]!, DATA[3]!]);
    expect(proposeMapping(detectHeader(rows), rows.slice(1)).missing).toEqual(['受理时间', '标题或内容']);
    expect(missingFields([{ index: 0, header: 'x', field: 'title' }])).toEqual(['受理时间']);
  });
});
