import type { RectificationCommand, RectificationReference } from '@bihuan/contract/rectification';
import type { RectificationAction } from '@bihuan/domain/rectification';
import { type CommandField, type Filled, type Option, textOf } from '../../ui/command-form/fields.ts';

export interface RectificationForm {
  readonly submit: string;
  readonly fields: readonly CommandField[];
  readonly toCommand: (filled: Filled, fileIds: string[]) => RectificationCommand;
}

const text = (filled: Filled, name: string): string => textOf(filled[name]) ?? '';
const reason = (label = '理由'): CommandField => ({ name: 'reason', label, as: 'text', required: true });
const note = (label: string, required = true): CommandField => ({ name: 'note', label, as: 'text', required });
const files = (label: string, required = false, hint?: string): CommandField => ({
  name: 'fileIds',
  label,
  as: 'files',
  required,
  ...(hint ? { hint } : {}),
});
const verdict = (name: string, yes: string, no: string): CommandField => ({
  name,
  label: '意见',
  as: 'choice',
  required: true,
  options: [
    { value: 'yes', label: yes },
    { value: 'no', label: no },
  ],
});
const withFiles = (fileIds: string[]) => (fileIds.length > 0 ? { fileIds } : {});

/** One form an action. `people`: of the unit that owes it. */
export function formOf(
  action: RectificationAction,
  { isRecurrence, people }: { isRecurrence: boolean; people: readonly Option[] },
): RectificationForm {
  switch (action) {
    case 'assign':
      return {
        submit: '指定',
        fields: [
          { name: 'personId', label: '责任人', as: 'pick', options: people, required: true },
          note('交办说明', false),
        ],
        toCommand: (f) => ({
          action,
          personId: text(f, 'personId'),
          ...(textOf(f.note) ? { note: text(f, 'note') } : {}),
        }),
      };
    case 'plan':
      return {
        submit: '保存',
        fields: [
          { name: 'cause', label: '原因', as: 'text', required: true, hint: '为什么会发生，不只是重复问题' },
          { name: 'measure', label: '整改措施', as: 'text', required: true, hint: '做什么、谁来做、何时做完' },
        ],
        toCommand: (f) => ({ action, cause: text(f, 'cause'), measure: text(f, 'measure') }),
      };
    case 'report':
      return {
        submit: '报告',
        fields: [note('进展'), files('照片与文件')],
        toCommand: (f, ids) => ({ action, note: text(f, 'note'), ...withFiles(ids) }),
      };
    case 'submit':
      return {
        submit: '提交核验',
        fields: [
          { name: 'result', label: '整改情况', as: 'text', rows: 5, required: true },
          {
            name: 'lastingRule',
            label: '长效机制',
            as: 'text',
            rows: 3,
            required: isRecurrence,
            hint: isRecurrence ? '同类问题再次发生，须写明怎样不再发生' : '怎样不再发生；没有可以不填',
          },
          files('整改后的照片与文件', true, '照片保留拍摄时间；手机上同时记录位置'),
        ],
        toCommand: (f, ids) => ({
          action,
          result: text(f, 'result'),
          ...(textOf(f.lastingRule) ? { lastingRule: text(f, 'lastingRule') } : {}),
          fileIds: ids,
        }),
      };
    case 'object':
    case 'appeal':
      return {
        submit: action === 'object' ? '提出异议' : '申请复核',
        fields: [reason(action === 'object' ? '异议的理由' : '复核的理由'), files('佐证材料')],
        toCommand: (f, ids) => ({ action, reason: text(f, 'reason'), ...withFiles(ids) }),
      };
    case 'decide_objection':
    case 'decide_appeal':
      return {
        submit: '裁定',
        fields: [verdict('upheld', '异议成立，撤销整改', '异议不成立，继续整改'), reason('裁定的理由')],
        toCommand: (f) => ({ action, upheld: f.upheld === 'yes', reason: text(f, 'reason') }),
      };
    case 'request_extension':
      return {
        submit: '申请延期',
        fields: [{ name: 'workdays', label: '延长工作日', as: 'number', min: 1, max: 15, required: true }, reason()],
        toCommand: (f) => ({ action, workdays: Number(f.workdays), reason: text(f, 'reason') }),
      };
    case 'decide_extension':
      return {
        submit: '审批',
        fields: [verdict('granted', '同意', '不同意'), reason('审批意见')],
        toCommand: (f) => ({ action, granted: f.granted === 'yes', reason: text(f, 'reason') }),
      };
    case 'verify':
      return {
        submit: '记录核验',
        fields: [verdict('passed', '整改到位', '整改不到位，退回'), note('核验情况'), files('核验的照片与文件')],
        toCommand: (f, ids) => ({ action, passed: f.passed === 'yes', note: text(f, 'note'), ...withFiles(ids) }),
      };
    case 'sign_off':
      return {
        submit: '销号',
        fields: [note('销号意见', false)],
        toCommand: (f) => ({ action, ...(textOf(f.note) ? { note: text(f, 'note') } : {}) }),
      };
    case 'urge':
      return {
        submit: '督促',
        fields: [note('督促内容')],
        toCommand: (f) => ({ action, note: text(f, 'note') }),
      };
    case 'withdraw':
    case 'send_back':
    case 'cancel':
      return {
        submit: { withdraw: '撤回', send_back: '退回整改', cancel: '撤销整改' }[action],
        fields: [reason()],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
  }
}

export const peopleOf = (reference: RectificationReference | undefined, unitId: string): Option[] =>
  (reference?.people ?? [])
    .filter((person) => person.unitId === unitId)
    .map(({ id, name, title }) => ({ value: id, label: title ? `${name}（${title}）` : name }));
