import {
  BUDGET_UNITS,
  type CalendarYear,
  type CategoryItem,
  type DeadlineRuleItem,
  PLACE_KINDS,
  type PlaceItem,
  RECORD_STATES,
  RULE_PURPOSES,
  RULE_STATES,
  SPECIAL_DAYS,
} from '@bihuan/contract/dictionary';
import { ROUND_KINDS, URGENCIES } from '@bihuan/domain/complaint';
import type { SheetContent } from '../../platform/spreadsheet/index.ts';

const stateOf = (item: { closed: boolean }) => RECORD_STATES[item.closed ? 'closed' : 'open'];
const list = (words: readonly string[]) => words.join('、') || null;

export const categorySheet = (items: readonly CategoryItem[]): SheetContent => ({
  sheetName: '诉件类别',
  columns: [
    { header: '代码', width: 24 },
    { header: '名称', width: 24 },
    { header: '所属大类', width: 20 },
    { header: '热点', width: 8 },
    { header: '关键词', width: 60 },
    { header: '次序', width: 8 },
    { header: '状态', width: 10 },
    { header: '诉件数', width: 10 },
    { header: '未办结', width: 10 },
  ],
  rows: items.map((item) => [
    item.code,
    item.name,
    item.parentName,
    item.hot ? '是' : null,
    list(item.keywords),
    item.sort,
    stateOf(item),
    item.used,
    item.open,
  ]),
});

export const placeSheet = (rows: AsyncIterable<PlaceItem>): SheetContent => ({
  sheetName: '地点词典',
  columns: [
    { header: '名称', width: 24 },
    { header: '类型', width: 8 },
    { header: '别名', width: 40 },
    { header: '街镇', width: 16 },
    { header: '派往中队', width: 20 },
    { header: '经度', width: 12 },
    { header: '纬度', width: 12 },
    { header: '状态', width: 10 },
    { header: '诉件数', width: 10 },
  ],
  rows: (async function* () {
    for await (const item of rows)
      yield [
        item.name,
        PLACE_KINDS[item.kind],
        list(item.aliases),
        item.town?.name ?? null,
        (item.unit ?? item.townSquadron)?.name ?? null,
        item.lng,
        item.lat,
        stateOf(item),
        item.used,
      ];
  })(),
});

/** The same columns are read when a year is pasted in. */
export const calendarSheet = (year: CalendarYear): SheetContent => ({
  sheetName: `${year.year}年`,
  columns: [
    { header: '日期', width: 14 },
    { header: '安排', width: 12 },
    { header: '名称', width: 20 },
  ],
  rows: year.days.map((day) => [day.day, SPECIAL_DAYS[day.kind], day.note]),
});

export const ruleSheet = (items: readonly DeadlineRuleItem[]): SheetContent => ({
  sheetName: '时限规则',
  columns: [
    { header: '时限', width: 12 },
    { header: '诉件类型', width: 12 },
    { header: '紧急程度', width: 12 },
    { header: '数量', width: 8 },
    { header: '单位', width: 12 },
    { header: '生效日', width: 14 },
    { header: '状态', width: 12 },
    { header: '依据', width: 40 },
    { header: '设置人', width: 12 },
  ],
  rows: items.map((item) => [
    RULE_PURPOSES[item.purpose],
    ROUND_KINDS[item.kind],
    URGENCIES[item.urgency],
    item.budgetAmount,
    BUDGET_UNITS[item.budgetUnit],
    item.effectiveFrom,
    RULE_STATES[item.state],
    item.basis,
    item.madeBy?.name ?? null,
  ]),
});
