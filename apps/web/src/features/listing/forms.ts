import type { ListingCommand, ListingReference } from '@bihuan/contract/listing';
import type { ListingAction } from '@bihuan/domain/listing';
import { type CommandField, type Filled, textOf } from '../../ui/command-form/fields.ts';

export interface ListingForm {
  readonly submit: string;
  readonly fields: readonly CommandField[];
  readonly toCommand: (filled: Filled, fileIds: string[]) => ListingCommand;
}

const text = (filled: Filled, name: string): string => textOf(filled[name]) ?? '';
const reason = (label: string): CommandField => ({ name: 'reason', label, as: 'text', required: true });
const note = (label: string, required = true): CommandField => ({ name: 'note', label, as: 'text', required });
const files = (label: string, required = false): CommandField => ({ name: 'fileIds', label, as: 'files', required });
const withFiles = (fileIds: string[]) => (fileIds.length > 0 ? { fileIds } : {});
const withNote = (filled: Filled) => (textOf(filled.note) ? { note: text(filled, 'note') } : {});

/** One form an action. */
export function listingForm(action: ListingAction, reference: ListingReference | undefined): ListingForm {
  switch (action) {
    case 'approve':
      return {
        submit: '批准挂牌',
        fields: [note('批准意见', false)],
        toCommand: (f) => ({ action, ...withNote(f) }),
      };
    case 'refuse':
      return {
        submit: '不予挂牌',
        fields: [reason('理由')],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
    case 'report':
      return {
        submit: '报告',
        fields: [note('本期做了什么、还差什么'), files('照片与文件')],
        toCommand: (f, ids) => ({ action, note: text(f, 'note'), ...withFiles(ids) }),
      };
    case 'visit':
      return {
        submit: '记录核查',
        fields: [note('到场所见'), files('现场照片与文件', true)],
        toCommand: (f, ids) => ({ action, note: text(f, 'note'), fileIds: ids }),
      };
    case 'open_rectification':
      return {
        submit: '下发整改',
        fields: [
          {
            name: 'type',
            label: '问题类型',
            as: 'pick',
            required: true,
            options: (reference?.types ?? []).map(({ code, name, workdays }) => ({
              value: code,
              label: `${name}（一般 ${workdays} 个工作日）`,
            })),
          },
          { name: 'problem', label: '问题', as: 'text', required: true, hint: '时间、地点、现象' },
          { name: 'workdays', label: '整改时限（工作日）', as: 'number', min: 1, max: 60, required: true },
        ],
        toCommand: (f) => ({
          action,
          type: text(f, 'type'),
          problem: text(f, 'problem'),
          workdays: Number(f.workdays),
        }),
      };
    case 'extend':
      return {
        submit: '延长时限',
        fields: [
          { name: 'workdays', label: '延长工作日', as: 'number', min: 1, max: 30, required: true },
          reason('理由'),
        ],
        toCommand: (f) => ({ action, workdays: Number(f.workdays), reason: text(f, 'reason') }),
      };
    case 'ask_delisting':
      return {
        submit: '申请摘牌',
        fields: [
          { name: 'result', label: '整治结果', as: 'text', rows: 5, required: true },
          files('结果的照片与文件', true),
        ],
        toCommand: (f, ids) => ({ action, result: text(f, 'result'), fileIds: ids }),
      };
    case 'verify':
      return {
        submit: '记录核查结论',
        fields: [
          {
            name: 'passed',
            label: '结论',
            as: 'choice',
            required: true,
            options: [
              { value: 'yes', label: '已解决，可以摘牌' },
              { value: 'no', label: '未解决，退回继续督办' },
            ],
          },
          { name: 'result', label: '核查情况', as: 'text', rows: 5, required: true, hint: '何时到场、看到什么' },
          files('核查的照片与文件'),
        ],
        toCommand: (f, ids) => ({
          action,
          passed: f.passed === 'yes',
          result: text(f, 'result'),
          ...withFiles(ids),
        }),
      };
    case 'delist':
      return { submit: '决定摘牌', fields: [note('意见', false)], toCommand: (f) => ({ action, ...withNote(f) }) };
    case 'send_back':
      return { submit: '退回', fields: [reason('理由')], toCommand: (f) => ({ action, reason: text(f, 'reason') }) };
  }
}
