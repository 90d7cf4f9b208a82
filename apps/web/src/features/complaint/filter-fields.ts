import type { ComplaintFilter } from '@bihuan/contract/complaint';
import { KINDS, REQUEST_KINDS, STATUSES, URGENCIES } from '@bihuan/domain/complaint';
import { type ComputedRef, computed, type Ref } from 'vue';
import { type FilterField, optionsOf, type PresetView } from '../../ui/filters.ts';
import { useReference } from './complaint.api.ts';

const units = (list: { id: string; name: string }[] | undefined) =>
  (list ?? []).map(({ id, name }) => ({ value: id, label: name }));

/** The filters of orders, wherever orders are listed, counted or drawn. */
export function useComplaintFields(filter: Ref<ComplaintFilter>): ComputedRef<FilterField[]> {
  const reference = useReference().data;
  return computed(() => [
    { kind: 'many', key: 'status', label: '状态', options: optionsOf(STATUSES) },
    { kind: 'many', key: 'unitId', label: '责任单位', options: units(reference.value?.squadrons) },
    {
      kind: 'many',
      key: 'categoryCode',
      label: '类别',
      options: (reference.value?.categories ?? []).map(({ code, name }) => ({ value: code, label: name })),
    },
    { kind: 'days', key: 'receivedFrom', to: 'receivedTo', label: '受理' },
    { kind: 'flag', key: 'overdue', label: '超时' },
    { kind: 'many', key: 'townId', label: '街镇', options: units(reference.value?.towns), more: true },
    { kind: 'one', key: 'officerId', label: '经办人', options: units(reference.value?.officers), more: true },
    { kind: 'one', key: 'sourceId', label: '来源', options: units(reference.value?.sources), more: true },
    { kind: 'many', key: 'kind', label: '类型', options: optionsOf(KINDS), more: true },
    { kind: 'many', key: 'urgency', label: '紧急程度', options: optionsOf(URGENCIES), more: true },
    { kind: 'many', key: 'pendingRequest', label: '有待审批', options: optionsOf(REQUEST_KINDS), more: true },
    { kind: 'days', key: 'dueFrom', to: 'dueTo', label: '到期', more: true },
    { kind: 'flag', key: 'open', label: '未办结', more: true },
    { kind: 'flag', key: 'paused', label: '暂停中', more: true },
    { kind: 'flag', key: 'reopened', label: '重办', more: true },
    { kind: 'flag', key: 'suspected', label: '疑似重复', more: true },
    { kind: 'flag', key: 'repeated', label: '有同一事项的', more: true },
    { kind: 'flag', key: 'guessed', label: '机器判定类别', more: true },
    { kind: 'flag', key: 'excluded', label: '已剔除', more: true },
    { kind: 'flag', key: 'located', label: '有坐标', more: true },
    // Not chosen here, but on the map, with a matter, among the hot spots: shown while it holds, so that it can be taken away.
    ...(filter.value.bbox ? [{ kind: 'given' as const, key: 'bbox', label: '地图上的一块' }] : []),
    ...(filter.value.matterId ? [{ kind: 'given' as const, key: 'matterId', label: '一个事项' }] : []),
    ...(filter.value.placeId ? [{ kind: 'given' as const, key: 'placeId', label: '一个地点' }] : []),
  ]);
}

export const PRESETS: PresetView[] = [
  { name: '全部', query: {} },
  { name: '未办结', query: { open: 'true' } },
  { name: '超时未办结', query: { open: 'true', overdue: 'true' } },
  { name: '待我处理', query: { mine: 'true' } },
  { name: '重办', query: { open: 'true', reopened: 'true' } },
  { name: '疑似重复', query: { open: 'true', suspected: 'true' } },
  { name: '暂停中', query: { paused: 'true' } },
];
