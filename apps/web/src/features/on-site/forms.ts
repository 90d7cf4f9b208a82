import type { ResponseOf } from '@bihuan/contract';
import type { Visit, VisitCommand, visitReference } from '@bihuan/contract/on-site';
import type { VisitAction } from '@bihuan/domain/on-site';
import { type CommandField, type Filled, optionsOfRefs, textOf } from '../../ui/command-form/fields.ts';

type Reference = ResponseOf<typeof visitReference>;
export interface VisitForm {
  readonly submit: string;
  readonly fields: readonly CommandField[];
  readonly toCommand: (filled: Filled, fileIds: string[]) => VisitCommand;
}

const text = (filled: Filled, name: string): string => textOf(filled[name]) ?? '';
const withFiles = (fileIds: string[]) => (fileIds.length > 0 ? { fileIds } : {});
/** As many as a visit usually ends with; the next line appears when the one before is filled in. */
const COMMITMENTS = [1, 2, 3, 4, 5] as const;

/** Who leads and who takes part: of planning and replanning. */
export const peopleFields = (reference: Reference | undefined): CommandField[] => [
  { name: 'leaderId', label: '带队领导', as: 'pick', options: optionsOfRefs(reference?.leaders), required: true },
  {
    name: 'participantIds',
    label: '参加人员',
    as: 'picks',
    options: (reference?.people ?? []).map(({ id, name, unit }) => ({ value: id, label: `${name}（${unit}）` })),
  },
];

export function visitForm(action: VisitAction, reference: Reference | undefined): VisitForm {
  switch (action) {
    case 'replan':
      return {
        submit: '调整',
        fields: [
          { name: 'plannedOn', label: '到场日期', as: 'day', required: true },
          ...peopleFields(reference),
          { name: 'reason', label: '调整理由', as: 'text', rows: 2, required: true },
        ],
        toCommand: (f) => ({
          action,
          plannedOn: text(f, 'plannedOn'),
          leaderId: text(f, 'leaderId'),
          participantIds: f.participantIds as string[],
          reason: text(f, 'reason'),
        }),
      };
    case 'minute':
      return {
        submit: '形成纪要',
        fields: [
          { name: 'visitedOn', label: '到场日期', as: 'day', required: true },
          { name: 'minutes', label: '督导纪要', as: 'text', rows: 8, max: 4000, required: true },
          ...COMMITMENTS.flatMap((n): CommandField[] => {
            const shown = (f: Filled) => n === 1 || textOf(f[`commitment${n - 1}`]) !== undefined;
            return [
              { name: `commitment${n}`, label: `承诺事项 ${n}`, as: 'line', max: 500, when: shown },
              {
                name: `dueOn${n}`,
                label: `第 ${n} 项完成日期`,
                as: 'day',
                when: (f) => shown(f) && textOf(f[`commitment${n}`]) !== undefined,
                required: true,
              },
            ];
          }),
          { name: 'fileIds', label: '照片与文件', as: 'files' },
        ],
        toCommand: (f, ids) => ({
          action,
          visitedOn: text(f, 'visitedOn'),
          minutes: text(f, 'minutes'),
          commitments: COMMITMENTS.filter((n) => textOf(f[`commitment${n}`])).map((n) => ({
            text: text(f, `commitment${n}`),
            dueOn: text(f, `dueOn${n}`),
          })),
          ...withFiles(ids),
        }),
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
          { name: 'problem', label: '问题', as: 'text', required: true },
          { name: 'workdays', label: '整改时限（工作日）', as: 'number', min: 1, max: 60, required: true },
        ],
        toCommand: (f) => ({
          action,
          type: text(f, 'type'),
          problem: text(f, 'problem'),
          workdays: Number(f.workdays),
        }),
      };
    case 'answer':
      return {
        submit: '提交说明',
        fields: [
          {
            name: 'answer',
            label: '中队说明',
            as: 'text',
            rows: 6,
            max: 4000,
            required: true,
            hint: '原因、已做的、还要做的',
          },
          { name: 'fileIds', label: '佐证材料', as: 'files' },
        ],
        toCommand: (f, ids) => ({ action, answer: text(f, 'answer'), ...withFiles(ids) }),
      };
    case 'conclude':
      return {
        submit: '写入结论',
        fields: [
          {
            name: 'conclusion',
            label: '回头看结论',
            as: 'text',
            rows: 5,
            required: true,
            hint: '指标是否变动，承诺是否兑现，是否继续督导',
          },
        ],
        toCommand: (f) => ({ action, conclusion: text(f, 'conclusion') }),
      };
    case 'cancel':
      return {
        submit: '取消督导',
        fields: [{ name: 'reason', label: '理由', as: 'text', required: true }],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
  }
}

/** What the form begins with. @param today `2023-06-08` */
export function initialOf(action: VisitAction, visit: Visit, today: string): Filled {
  switch (action) {
    case 'replan':
      return {
        plannedOn: visit.plannedOn,
        leaderId: visit.leader.id,
        participantIds: visit.participants.map(({ id }) => id),
      };
    case 'minute':
      return { visitedOn: visit.plannedOn <= today ? visit.plannedOn : today };
    case 'open_rectification':
      return { workdays: '5' };
    default:
      return {};
  }
}
