import type { ResponseOf } from '@bihuan/contract';
import type { JointCommand, JointTask, jointReference } from '@bihuan/contract/joint';
import { type JointAction, PHASES, type Phase } from '@bihuan/domain/joint';
import { type CommandField, type Filled, optionsFrom, optionsOfRefs, textOf } from '../../ui/command-form/fields.ts';

type Reference = ResponseOf<typeof jointReference>;
export interface JointForm {
  readonly submit: string;
  readonly fields: readonly CommandField[];
  readonly toCommand: (filled: Filled, fileIds: string[]) => JointCommand;
}

const text = (filled: Filled, name: string): string => textOf(filled[name]) ?? '';
const optional = (filled: Filled, name: string) => (textOf(filled[name]) ? { [name]: text(filled, name) } : {});
const DECISIONS = [1, 2, 3, 4, 5, 6] as const;

/** One form an action. @param on the duty, decision or letter that it is on */
export function jointForm(
  action: JointAction,
  task: JointTask,
  reference: Reference | undefined,
  on: string,
): JointForm {
  const parties = optionsOfRefs(task.parties);
  switch (action) {
    case 'add_duty':
      return {
        submit: '增加任务',
        fields: [
          { name: 'phase', label: '阶段', as: 'choice', options: optionsFrom(PHASES), required: true },
          { name: 'unitId', label: '承担单位', as: 'pick', options: optionsOfRefs(reference?.units), required: true },
          { name: 'content', label: '任务', as: 'text', rows: 3, max: 1000, required: true },
          { name: 'dueOn', label: '完成日期', as: 'day', required: true },
        ],
        toCommand: (f) => ({
          action,
          phase: f.phase as Phase,
          unitId: text(f, 'unitId'),
          content: text(f, 'content'),
          dueOn: text(f, 'dueOn'),
        }),
      };
    case 'finish_duty':
      return {
        submit: '完成任务',
        fields: [
          { name: 'note', label: '完成情况', as: 'text', rows: 4, required: true },
          { name: 'fileIds', label: '照片与文件', as: 'files', required: true, hint: '手机拍照保留时间和位置' },
        ],
        toCommand: (f, fileIds) => ({ action, dutyId: on, note: text(f, 'note'), fileIds }),
      };
    case 'confirm_duty':
      return {
        submit: '确认完成',
        fields: [{ name: 'note', label: '意见', as: 'text', rows: 2, max: 1000 }],
        toCommand: (f) => ({ action, dutyId: on, ...optional(f, 'note') }),
      };
    case 'send_back_duty':
      return {
        submit: '退回重做',
        fields: [{ name: 'reason', label: '理由', as: 'text', rows: 3, max: 1000, required: true }],
        toCommand: (f) => ({ action, dutyId: on, reason: text(f, 'reason') }),
      };
    case 'add_meeting':
      return {
        submit: '保存纪要',
        fields: [
          { name: 'heldOn', label: '会议日期', as: 'day', required: true },
          { name: 'place', label: '地点', as: 'line', max: 100, required: true },
          {
            name: 'minutes',
            label: '会议纪要',
            as: 'text',
            rows: 6,
            max: 4000,
            required: true,
            hint: '参加单位只看到涉及本单位的决定',
          },
          ...DECISIONS.flatMap((n): CommandField[] => {
            const shown = (f: Filled) => n === 1 || textOf(f[`text${n - 1}`]) !== undefined;
            return [
              { name: `text${n}`, label: `决定 ${n}`, as: 'line', max: 1000, when: shown },
              {
                name: `unitId${n}`,
                label: `决定 ${n} 的承担单位`,
                as: 'pick',
                options: [{ value: task.organiser.id, label: task.organiser.name }, ...parties],
                when: (f) => shown(f) && textOf(f[`text${n}`]) !== undefined,
                required: true,
              },
            ];
          }),
        ],
        toCommand: (f) => ({
          action,
          heldOn: text(f, 'heldOn'),
          place: text(f, 'place'),
          minutes: text(f, 'minutes'),
          decisions: DECISIONS.filter((n) => textOf(f[`text${n}`])).map((n) => ({
            unitId: text(f, `unitId${n}`),
            text: text(f, `text${n}`),
          })),
        }),
      };
    case 'rectify_decision':
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
          { name: 'workdays', label: '整改时限（工作日）', as: 'number', min: 1, max: 60, required: true },
        ],
        toCommand: (f) => ({ action, decisionId: on, type: text(f, 'type'), workdays: Number(f.workdays) }),
      };
    case 'send_letter':
      return {
        submit: '发出',
        fields: [
          { name: 'toUnitId', label: '收函单位', as: 'pick', options: parties, required: true },
          { name: 'subject', label: '标题', as: 'line', max: 100, required: true },
          { name: 'text', label: '正文', as: 'text', rows: 8, max: 4000, required: true },
        ],
        toCommand: (f) => ({
          action,
          toUnitId: text(f, 'toUnitId'),
          subject: text(f, 'subject'),
          text: text(f, 'text'),
        }),
      };
    case 'receive_letter':
      return {
        submit: '签收',
        fields: [{ name: 'receipt', label: '签收意见', as: 'text', rows: 2, max: 1000 }],
        toCommand: (f) => ({ action, letterId: on, ...optional(f, 'receipt') }),
      };
    case 'close':
      return {
        submit: '办结',
        fields: [{ name: 'summary', label: '总结', as: 'text', rows: 5, required: true }],
        toCommand: (f) => ({ action, summary: text(f, 'summary') }),
      };
    case 'cancel':
      return {
        submit: '取消联合督察',
        fields: [{ name: 'reason', label: '理由', as: 'text', rows: 3, max: 1000, required: true }],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
  }
}
