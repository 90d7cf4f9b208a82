import type { ComplaintListItem } from '@bihuan/contract/complaint';
import type { Status } from '@bihuan/domain/complaint';
import type { Tone } from '../../ui/StatusTag.vue';

export const STATUS_TONES: Record<Status, Tone> = {
  received: 'info',
  accepted: 'info',
  dispatched: 'info',
  handling: 'plain',
  reviewing: 'plain',
  following_up: 'plain',
  closed: 'good',
  declined: 'plain',
};

/** What sets an order apart, as tags: urgent, re-handled, excluded, waiting for a decision. */
export function marksOf(item: ComplaintListItem): { label: string; tone: Tone }[] {
  const marks: { label: string; tone: Tone }[] = [];
  if (item.urgency === 'critical') marks.push({ label: '紧急', tone: 'danger' });
  if (item.urgency === 'urgent') marks.push({ label: '次紧急', tone: 'warn' });
  if (item.kind === 'complex') marks.push({ label: '疑难', tone: 'plain' });
  if (item.reopenCount > 0) marks.push({ label: `第 ${item.reopenCount} 次重办`, tone: 'warn' });
  if (item.suspected) marks.push({ label: '疑似重复', tone: 'warn' });
  if (item.matter) marks.push({ label: `同一事项 ${item.matter.orderCount} 件`, tone: 'info' });
  if (item.pendingRequests > 0) marks.push({ label: '有待审批', tone: 'info' });
  if (item.excluded) marks.push({ label: '已剔除', tone: 'plain' });
  return marks;
}

/** No machine is certain. */
export const confidenceText = (share: number): string => (share >= 0.99 ? '99% 以上' : `${Math.round(share * 100)}%`);

/** In words; the number stands beside it. */
export const likelihood = (share: number): string =>
  share >= 0.95 ? '几乎确定' : share >= 0.8 ? '很可能' : share >= 0.5 ? '可能' : '也许';
