import type { FoundComplaint } from '@bihuan/contract/complaint';
import { KINDS, OUTCOMES, SOURCE_KINDS, STATUSES } from '@bihuan/domain/complaint';
import type { Column } from '../../ui/columns.ts';
import { dateTime } from '../../ui/format.ts';

export const COLUMNS: readonly Column<FoundComplaint>[] = [
  { key: 'number', label: '编号', value: (item) => item.number, width: '150px', always: true },
  { key: 'title', label: '标题', value: (item) => item.title, width: '420px', always: true },
  { key: 'status', label: '状态', value: (item) => STATUSES[item.status].label, width: '84px' },
  { key: 'remaining', label: '剩余工作时间', value: (item) => item.clock?.text ?? '', width: '130px', sort: 'due' },
  { key: 'unit', label: '责任单位', value: (item) => item.unit?.name ?? '', width: '140px' },
  { key: 'officer', label: '经办人', value: (item) => item.officer?.name ?? '', width: '80px' },
  { key: 'category', label: '类别', value: (item) => item.category?.name ?? '', width: '116px' },
  { key: 'received', label: '受理时间', value: (item) => dateTime(item.receivedAt), width: '130px', sort: 'received' },
  { key: 'town', label: '街镇', value: (item) => item.town?.name ?? '', width: '100px', optional: true },
  {
    key: 'source',
    label: '来源',
    value: (item) => item.source.name || SOURCE_KINDS[item.source.kind],
    width: '110px',
    optional: true,
  },
  { key: 'kind', label: '类型', value: (item) => KINDS[item.kind], width: '60px', optional: true },
  { key: 'due', label: '到期', value: (item) => dateTime(item.dueAt), width: '130px', optional: true },
  {
    key: 'outcome',
    label: '结果',
    value: (item) => (item.outcome ? OUTCOMES[item.outcome] : ''),
    width: '100px',
    optional: true,
  },
  { key: 'externalNo', label: '来源编号', value: (item) => item.externalNo ?? '', width: '150px', optional: true },
];
