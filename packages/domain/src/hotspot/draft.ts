import { EFFECTS, type Effect } from './effect.ts';

/** What the first draft of a week's analysis is written from. Every number of it opens to orders on the page. */
export interface DraftFacts {
  /** 6月19日至25日 */
  readonly span: string;
  readonly total: {
    readonly observed: number;
    readonly expected: number | null;
    readonly unusual: boolean;
    readonly seasonal: boolean;
  };
  /** `null`: too little history. */
  readonly rises: readonly DraftRise[] | null;
  readonly measures: readonly DraftMeasure[];
}

export interface DraftRise {
  readonly label: string;
  readonly observed: number;
  readonly expected: number;
  readonly ratio: number;
  readonly seasonal: boolean;
  /** Those of two orders and more in the week, most first. */
  readonly matters: readonly {
    readonly title: string;
    readonly count: number;
    readonly callers: number;
    readonly unit: string | null;
  }[];
  /** Where or what most of the orders are, where the rise itself does not say it. */
  readonly parts: readonly { readonly label: string; readonly count: number }[];
  /** Received from 19:00 to 6:00. */
  readonly night: number;
  readonly callers: number;
  readonly reopened: number;
}

/** Something the week before decided on, and the numbers since. */
export interface DraftMeasure {
  readonly text: string;
  readonly unit: string | null;
  readonly label: string;
  readonly before: number;
  readonly after: number;
  readonly expected: number | null;
  readonly effect: Effect;
}

const about = (value: number): string => (value < 0.95 ? '不足 1' : `约 ${Math.round(value)}`);
const times = (ratio: number): string => (ratio >= 10 ? '10 倍以上' : `${ratio.toFixed(1)} 倍`);

/** 研判初稿: plain facts in sentences. Causes are what the orders themselves show; what they do not show is left to people. */
export function writeDraft(facts: DraftFacts): { findings: string; causes: string } {
  const { total, rises } = facts;
  const volume =
    total.expected === null
      ? `本周（${facts.span}）共收到诉件 ${total.observed} 件。`
      : `本周（${facts.span}）共收到诉件 ${total.observed} 件，按${total.seasonal ? '近期水平和往年季节' : '近期水平'}应${about(total.expected)} 件，${total.unusual ? '明显高于常年' : '属正常波动'}。`;
  const findings = [
    volume,
    rises === null
      ? '数据不足 8 周，暂不能判断哪些地方上升。'
      : rises.length === 0
        ? '没有明显上升的地点和类别。'
        : `明显上升 ${rises.length} 处：`,
    ...(rises ?? []).map(
      (rise, at) =>
        `${at + 1}. ${rise.label}：${rise.observed} 件，${rise.seasonal ? '常年同期' : '近期每周'}${about(rise.expected)} 件${rise.expected < 0.95 ? '' : `，为其 ${times(rise.ratio)}`}。`,
    ),
    ...facts.measures.map(
      (measure, at) =>
        `${at === 0 ? '上次措施的效果：\n' : ''}${at + 1}. ${measure.label}（${measure.text}${measure.unit ? `，${measure.unit}` : ''}）：由 ${measure.before} 件变为 ${measure.after} 件，${EFFECTS[measure.effect]}。`,
    ),
  ].join('\n');
  const causes = (rises ?? []).map((rise, at) => `${at + 1}. ${rise.label}：${causesOf(rise)}`).join('\n');
  return { findings, causes };
}

function causesOf(rise: DraftRise): string {
  const repeated = rise.matters.reduce((sum, matter) => sum + matter.count, 0);
  const sentences: string[] = [];
  const [first, ...others] = rise.matters;
  if (first && repeated * 2 >= rise.observed) {
    const who = first.callers > 0 ? `（来电人 ${first.callers} 人）` : '';
    sentences.push(
      `${rise.observed} 件中 ${repeated} 件是同一事项反复来电，主要是“${first.title}” ${first.count} 件${who}${first.unit ? `，牵头单位${first.unit}` : '，尚未确定牵头单位'}${others.length > 0 ? `，另有 ${others.length} 个事项` : ''}`,
    );
  } else if (first) {
    sentences.push(`多为各自独立的诉求，其中同一事项反复来电 ${repeated} 件`);
  } else sentences.push('各件互不重复，来自不同地点或问题');
  const [part] = rise.parts;
  if (part && part.count * 2 >= rise.observed) sentences.push(`集中在${part.label}（${part.count} 件）`);
  if (rise.night * 2 > rise.observed) sentences.push(`${rise.night} 件为夜间（19时至次日6时）来电`);
  if (rise.reopened > 0) sentences.push(`${rise.reopened} 件办结后市民不认可、重新办理`);
  return `${sentences.join('；')}。`;
}
