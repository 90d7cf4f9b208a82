import type { DeadlineEffect, DeadlineRuleItem, ShiftSet } from '@bihuan/contract/dictionary';
import { count, longDate } from '../../ui/format.ts';

/** Words typed into one field, parted by commas, pauses, spaces or lines. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[、，,;；\s]+/)
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
];

/** What is wrong with such a field; `undefined` = nothing. */
export function wordsProblem(text: string): string | undefined {
  const wrong = wordsOf(text).find((word) => word.length < 2 || word.length > 40);
  if (wrong) return `“${wrong}”应为 2 至 40 个字`;
  return wordsOf(text).length > 50 ? '至多 50 个' : undefined;
}

/** “5 个工作日”“2 个工作小时” */
export function budgetText({
  budgetUnit,
  budgetAmount,
}: Pick<DeadlineRuleItem, 'budgetUnit' | 'budgetAmount'>): string {
  if (budgetUnit === 'workday') return `${budgetAmount} 个工作日`;
  return budgetAmount % 30 === 0 ? `${budgetAmount / 60} 个工作小时` : `${budgetAmount} 工作分钟`;
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
export const spansText = (spans: ShiftSet['spans']): string =>
  spans.map(({ starts, ends }) => `${clock(starts)}–${clock(ends)}`).join('，');

/** What a change does to the open orders, in sentences. */
export function effectLines(effect: DeadlineEffect): string[] {
  const when = effect.from ? `自${longDate(effect.from)}起` : '';
  if (effect.changed === 0)
    return [
      effect.from
        ? `${when}生效，现有未办结诉件（${count(effect.open)} 件）的到期时间不变。`
        : `不会改变未办结诉件（${count(effect.open)} 件）的到期时间。`,
    ];
  const parts = [
    effect.earlier > 0 && `提前 ${count(effect.earlier)} 件`,
    effect.later > 0 && `推后 ${count(effect.later)} 件`,
  ];
  const lines = [
    `${when}这会改变 ${count(effect.changed)} 件未办结诉件的到期时间（共 ${count(effect.open)} 件未办结）：${parts.filter(Boolean).join('，')}。`,
  ];
  if (effect.becomeOverdue > 0) lines.push(`其中 ${count(effect.becomeOverdue)} 件会因此超时。`);
  if (effect.noLongerOverdue > 0) lines.push(`其中 ${count(effect.noLongerOverdue)} 件不再超时。`);
  lines.push('已办结的诉件不变；暂停、延期照旧保留。');
  return lines;
}
