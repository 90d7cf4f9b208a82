import { type Period, periodLabel, previousPeriod, risesClearly } from '../indicator/index.ts';
import type { BulletinKind, BulletinText } from './state.ts';
import { type BulletinFigure, type FigureBook, figureIn, placeholder as p, type Section } from './text.ts';

/** How many are named in a sentence. */
const NAMED = 3;
/** Places gained or lost worth a word. */
const MOVED = 3;

export const DEFAULT_RECIPIENTS = '各街道办事处、镇人民政府、园区管委会，各中队，机关各科室：';

export const kindOf = (period: Period): BulletinKind => (period.kind === 'week' ? 'weekly' : 'monthly');
export const monthOrWeek = (period: Period): '月' | '周' => (period.kind === 'week' ? '周' : '月');

export function bulletinTitle(period: Period): string {
  return period.kind === 'week'
    ? `关于${periodLabel(period)}12345诉件办理情况的分析`
    : `关于${periodLabel(period)}12345诉件办理情况的通报`;
}

/**
 * The text as the figures suggest it. Numbers stand in it as placeholders only; which sentence is written (rises, none, too few to
 * judge) depends on the figures at the time of writing.
 * @param until the instant the figures were taken up to, in words, e.g. 6月30日24时
 */
export function composeBulletin(book: FigureBook, until: string): BulletinText {
  const kind = kindOf(book.period);
  const sections: Section[] = [
    { key: 'lead', heading: '', body: lead(book, kind, until) },
    { key: 'overall', heading: '一、总体情况', body: overall(book, until) },
    { key: 'units', heading: '二、各中队办理情况', body: units(book, kind) },
    { key: 'categories', heading: '三、热点与上升类别', body: categories(book) },
    { key: 'orders', heading: '四、超期与重办突出的诉件', body: orders(book, until) },
    { key: 'next', heading: '五、到场督导对象与下步要求', body: next(book) },
  ];
  return { title: bulletinTitle(book.period), recipients: DEFAULT_RECIPIENTS, sections };
}

const paragraphs = (...lines: (string | null)[]): string =>
  lines.filter((line): line is string => line !== null && line !== '').join('\n');
const join = (items: readonly string[]): string => items.join('、');
const numberOf = (book: FigureBook, key: string): number => book.figures.get(key)?.numerator ?? 0;
const members = (book: FigureBook, key: string): readonly string[] => book.figures.get(key)?.data.members ?? [];

function ofDimension(book: FigureBook, prefix: string): BulletinFigure[] {
  return [...book.figures.values()]
    .filter(({ key }) => key.startsWith(prefix) && !key.includes('@') && !key.endsWith('.none'))
    .sort((a, b) => (a.data.position ?? 0) - (b.data.position ?? 0));
}

function lead(book: FigureBook, kind: BulletinKind, until: string): string {
  const label = periodLabel(book.period);
  const demand = kind === 'weekly' ? '每周一分析' : '每月一通报';
  return `按照“${demand}”的工作要求，现将${label}全区城管执法领域12345诉件办理情况通报如下。数据统计截至${until}。`;
}

function overall(book: FigureBook, until: string): string {
  const rate = (id: string, name: string) => `${name}${p(`${id}.district`)}，${p(`${id}.district`, 'change')}`;
  const few = (book.figures.get('minimum')?.value ?? 0) > (book.figures.get('resolution.district')?.denominator ?? 0);
  const top = ofDimension(book, 'volume.category.')
    .filter(({ numerator }) => (numerator ?? 0) > 0)
    .sort((a, b) => (b.numerator ?? 0) - (a.numerator ?? 0))
    .slice(0, NAMED);
  const left = numberOf(book, 'excluded.district') + numberOf(book, 'declined.district');
  return paragraphs(
    `${periodLabel(book.period)}，全区共受理诉件${p('volume.district')}件，${p('volume.district', 'change')}，${p('volume.district', 'year')}。` +
      (top.length > 0 ? `诉件量居前的类别为${join(top.map(({ key }) => `${p(key, 'name')}（${p(key)}件）`))}。` : ''),
    `从办理质效看，${[
      rate('first_contact', '先行联系率'),
      rate('on_time', '按时办结率'),
      rate('resolution', '解决率'),
      rate('satisfaction', '满意率'),
      rate('reopen', '重办率'),
    ].join('；')}。` +
      (few
        ? `回访联系上诉求人的仅${p('resolution.district', 'denominator')}件，样本较小，解决率、满意率、重办率仅供参考。`
        : ''),
    `截至${until}，超期未办结诉件${p('overdue.district')}件。` +
      (left > 0
        ? `另有剔除诉件${p('excluded.district')}件、不予受理诉件${p('declined.district')}件，单独统计，不计入上述指标。`
        : ''),
    '{{chart:trend}}',
  );
}

function units(book: FigureBook, kind: BulletinKind): string {
  const all = ofDimension(book, 'resolution.unit.');
  const ranked = all.filter(({ data }) => typeof data.rank === 'number').sort((a, b) => a.data.rank! - b.data.rank!);
  const named = (figures: readonly BulletinFigure[]) =>
    join(figures.map(({ key }) => `${p(key, 'name')}（${p(key)}）`));
  const rule = `排名按解决率由高到低排列，显示的数相同即并列；回访联系上诉求人不足${p('minimum')}件的，只列数据、不参加排名。`;
  if (ranked.length < 2 * NAMED) {
    return paragraphs(
      ranked.length === 0
        ? `本${monthOrWeek(book.period)}各中队回访件数均不足${p('minimum')}件，样本较小，不作排名，只列数据。`
        : `参加排名的中队较少，只列数据和名次，不作前后比较。${rule}`,
      '{{table:units}}',
    );
  }
  const before = kind === 'weekly' ? '上周' : '上月';
  const up = ranked
    .filter(({ data }) => (data.rankChange ?? 0) >= MOVED)
    .sort((a, b) => b.data.rankChange! - a.data.rankChange!);
  const down = ranked
    .filter(({ data }) => (data.rankChange ?? 0) <= -MOVED)
    .sort((a, b) => a.data.rankChange! - b.data.rankChange!);
  const moves = (figures: readonly BulletinFigure[]) =>
    join(figures.slice(0, NAMED).map(({ key }) => `${p(key, 'name')}（${p(key, 'moved')}）`));
  return paragraphs(
    `解决率居前的是${named(ranked.slice(0, NAMED))}；居后的是${named(ranked.slice(-NAMED))}。` +
      (up.length > 0 ? `与${before}相比，名次上升较多的有${moves(up)}。` : '') +
      (down.length > 0 ? `${up.length > 0 ? '' : `与${before}相比，`}名次下降较多的有${moves(down)}。` : ''),
    rule,
    '{{table:units}}',
    kind === 'monthly' ? '{{chart:units}}' : null,
  );
}

function categories(book: FigureBook): string {
  const before = previousPeriod(book.period);
  const than = book.period.kind === 'week' ? '上周' : '上月';
  const all = members(book, 'rising.categories');
  const clear = all.slice(0, 5);
  const hot = ofDimension(book, 'volume.category.').filter(({ data }) => data.hot === true);
  const mild = ofDimension(book, 'volume.category.')
    .filter(({ key, numerator }) => {
      const [a, b] = [numerator ?? 0, numberOf(book, figureIn(key, before))];
      return a > b && !risesClearly(a, b);
    })
    .sort((a, b) => (b.numerator ?? 0) - (a.numerator ?? 0))
    .slice(0, NAMED);
  const entry = (key: string) => `${p(key, 'name')}${p(key)}件，${p(key, 'change')}`;
  return paragraphs(
    clear.length > 0
      ? `诉件量明显上升的类别有${p('rising.categories')}个${all.length > clear.length ? '，上升较多的是' : ''}：${clear.map(entry).join('；')}。相关中队要查明上升原因，从源头上减少同类诉件。`
      : `与${than}相比，没有诉件量明显上升的类别。`,
    mild.length > 0
      ? `${join(mild.map(({ key }) => p(key, 'name')))}较${than}有所增加，增幅在正常波动范围内，继续关注。`
      : null,
    hot.length > 0 ? `重点领域中，${hot.map(({ key }) => entry(key)).join('；')}。` : null,
    '{{table:categories}}',
  );
}

function orders(book: FigureBook, until: string): string {
  const overdue = numberOf(book, 'overdue.district');
  const reopened = numberOf(book, 'reopened.listed');
  return paragraphs(
    '（一）超期未办结诉件',
    overdue > 0
      ? `截至${until}，超期未办结诉件${p('overdue.district')}件，超期时间最长的${p('overdue.listed')}件列表如下。责任中队要逐件明确办理人和办结日期，说明超期原因。`
      : `截至${until}，没有超期未办结的诉件。`,
    overdue > 0 ? '{{table:overdue}}' : null,
    '（二）重办突出诉件',
    reopened > 0
      ? `回访中诉求人反映未解决或不满意而重办的诉件，重办次数较多的${p('reopened.listed')}件列表如下。责任中队负责人要亲自过问，到场核实，不得以同样的答复再次办结。`
      : '本期没有因回访未解决或不满意而重办的诉件。',
    reopened > 0 ? '{{table:reopened}}' : null,
  );
}

function next(book: FigureBook): string {
  const visit = members(book, 'visit.units');
  const period = monthOrWeek(book.period);
  const rising = members(book, 'rising.categories').length > 0;
  const overdue = numberOf(book, 'overdue.district') > 0;
  const measures = [
    visit.length > 0
      ? '抓好到场督导，执法监督科会同执法协调科到被督导中队查看案卷、走访现场，逐件分析未解决的原因，督导情况报局领导'
      : '抓好首次办理，各中队接单后及时联系诉求人，听清诉求、约定时间、到场核实，力争一次办结',
    overdue
      ? '抓好超期清零，对列表诉件逐件销号，需延期、暂停计时的按程序申请，不得逾期不办、久拖不决'
      : '抓好时限管理，对临近到期的诉件提前提醒，防止超期',
    rising
      ? '抓好源头治理，对明显上升的类别开展专项检查，会同街镇、物业服务企业前移关口，减少重复投诉'
      : '抓好源头治理，对重点领域保持巡查频次，督促物业服务企业及时劝阻、及时上报，减少重复投诉',
  ];
  return paragraphs(
    '（一）到场督导对象',
    visit.length > 0
      ? `${join(visit.map((key) => `${p(key, 'name')}（解决率${p(key)}，95%区间${p(key, 'interval')}）`))}解决率${visit.length > 1 ? '均' : ''}低于全区水平（${p('resolution.district')}），且差距超出正常波动范围，列为本${period}到场督导对象。`
      : `本${period}参加排名的中队中，没有解决率明显低于全区水平（${p('resolution.district')}）的，不另列到场督导对象。`,
    '（二）下步要求',
    `${measures.map((text, index) => `${'一二三'[index]}是${text}`).join('；')}。`,
  );
}
