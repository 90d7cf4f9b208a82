import type { ComplaintCommand } from '@bihuan/contract/complaint';
import {
  type Action,
  CONTACT_OUTCOMES,
  FOLLOW_UP_CHANNELS,
  KINDS,
  MEASURES,
  REQUEST_KINDS,
  SATISFACTIONS,
  URGENCIES,
} from '@bihuan/domain/complaint';

/** What a person has filled in; the names are the command's own, so that an error of the server finds its field. */
export interface Filled {
  reason: string;
  result: string;
  note: string;
  unitId: string;
  jointUnitIds: string[];
  officerId: string;
  outcome: string;
  measures: string[];
  legalBasis: string;
  kind: string;
  workdays: string;
  targetUnitId: string;
  channel: string;
  reached: string;
  solved: string;
  satisfaction: string;
  final: boolean;
  title: string;
  address: string;
  categoryCode: string;
  townId: string;
  urgency: string;
}

export const emptyFilled = (): Filled => ({
  reason: '',
  result: '',
  note: '',
  unitId: '',
  jointUnitIds: [],
  officerId: '',
  outcome: '',
  measures: [],
  legalBasis: '',
  kind: '',
  workdays: '',
  targetUnitId: '',
  channel: '',
  reached: '',
  solved: '',
  satisfaction: '',
  final: false,
  title: '',
  address: '',
  categoryCode: '',
  townId: '',
  urgency: '',
});

type When = (filled: Filled) => boolean;
interface Common {
  name: keyof Filled;
  label: string;
  required?: boolean | When;
  hint?: string;
  when?: When;
}
export type Field = Common &
  (
    | { as: 'text'; rows?: number; max: number; templates?: true }
    | { as: 'line'; max: number }
    | { as: 'number'; min: number; max: number }
    | { as: 'choice' | 'choices'; options: Readonly<Record<string, string>> }
    | { as: 'squadron' | 'partners' | 'officer' | 'category' | 'town' }
    | { as: 'tick' }
  );

export interface ActionForm {
  /** The button that sends it. */
  submit: string;
  fields: readonly Field[];
  /** Files may be added. */
  files?: true;
  /** Field work: goes through the queue on this device, so that it is safe without signal. */
  field?: true;
  /** Carried out by one click, with nothing to fill in. */
  oneClick?: true;
  toCommand: (filled: Filled, fileIds: string[]) => ComplaintCommand;
}

const reason = (label = '理由'): Field => ({ name: 'reason', label, as: 'text', rows: 4, max: 2000, required: true });
const note = (label: string, required = true, rows = 3): Field => ({
  name: 'note',
  label,
  as: 'text',
  rows,
  max: required ? 2000 : 5000,
  required,
});
const text = (value: string) => (value.trim() === '' ? undefined : value.trim());
const measures: Field = { name: 'measures', label: '处置措施', as: 'choices', options: MEASURES };

/** One form a command. Decisions on requests and withdrawals act on a request, a position is shown on the map: these have their own places. */
export const ACTION_FORMS = {
  accept: { submit: '受理', oneClick: true, fields: [], toCommand: () => ({ action: 'accept' }) },
  decline: {
    submit: '不予受理',
    fields: [reason('不予受理的理由')],
    toCommand: (f) => ({ action: 'decline', reason: f.reason }),
  },
  answer: {
    submit: '答复并转回访',
    fields: [{ name: 'result', label: '答复内容', as: 'text', rows: 6, max: 2000, required: true, templates: true }],
    toCommand: (f) => ({ action: 'answer', result: f.result }),
  },
  dispatch: {
    submit: '派单',
    fields: [
      { name: 'unitId', label: '责任中队', as: 'squadron', required: true },
      { name: 'jointUnitIds', label: '协办单位', as: 'partners', hint: '协办单位可以查看并记事，办结由责任中队负责' },
      note('派单说明', false),
    ],
    toCommand: (f) => ({
      action: 'dispatch',
      unitId: f.unitId,
      ...(f.jointUnitIds.length > 0 ? { jointUnitIds: f.jointUnitIds } : {}),
      ...(text(f.note) ? { note: f.note } : {}),
    }),
  },
  sign: { submit: '签收', oneClick: true, fields: [], toCommand: () => ({ action: 'sign' }) },
  assign: {
    submit: '指派',
    fields: [{ name: 'officerId', label: '经办人', as: 'officer', required: true }, note('交办说明', false)],
    toCommand: (f) => ({ action: 'assign', officerId: f.officerId, ...(text(f.note) ? { note: f.note } : {}) }),
  },
  contact: {
    submit: '记录联系',
    field: true,
    fields: [
      {
        name: 'outcome',
        label: '联系结果',
        as: 'choice',
        options: CONTACT_OUTCOMES,
        required: true,
        hint: '三次未联系上，计为已先行联系',
      },
      note('联系情况'),
    ],
    toCommand: (f) => ({ action: 'contact', outcome: f.outcome as 'reached', note: f.note }),
  },
  visit: {
    submit: '记录处置',
    field: true,
    files: true,
    fields: [note('现场情况', true, 5), measures],
    toCommand: (f, fileIds) => ({
      action: 'visit',
      note: f.note,
      measures: f.measures as 'explain'[],
      ...(fileIds.length > 0 ? { fileIds } : {}),
    }),
  },
  note: {
    submit: '记事',
    field: true,
    files: true,
    fields: [note('内容', true, 5)],
    toCommand: (f, fileIds) => ({ action: 'note', note: f.note, ...(fileIds.length > 0 ? { fileIds } : {}) }),
  },
  urge: { submit: '催办', fields: [note('催办内容')], toCommand: (f) => ({ action: 'urge', note: f.note }) },
  request: {
    submit: '提出申请',
    files: true,
    fields: [
      { name: 'kind', label: '申请事项', as: 'choice', options: REQUEST_KINDS, required: true },
      {
        name: 'workdays',
        label: '延长工作日',
        as: 'number',
        min: 1,
        max: 15,
        required: true,
        when: (f) => f.kind === 'extend',
      },
      { name: 'targetUnitId', label: '转派至', as: 'squadron', required: true, when: (f) => f.kind === 'transfer' },
      reason('申请理由'),
    ],
    toCommand: (f, fileIds) => ({
      action: 'request',
      requestId: '',
      kind: f.kind as 'return',
      reason: f.reason,
      ...(f.kind === 'extend' ? { workdays: Number(f.workdays) } : {}),
      ...(f.kind === 'transfer' ? { targetUnitId: f.targetUnitId } : {}),
      ...(fileIds.length > 0 ? { fileIds } : {}),
    }),
  },
  resume: { submit: '恢复计时', fields: [note('恢复原因')], toCommand: (f) => ({ action: 'resume', note: f.note }) },
  submit: {
    submit: '提交审核',
    field: true,
    files: true,
    fields: [
      { name: 'result', label: '办理结果', as: 'text', rows: 8, max: 2000, required: true, templates: true },
      { ...measures, required: true },
      { name: 'legalBasis', label: '法律依据', as: 'text', rows: 2, max: 5000 },
    ],
    toCommand: (f, fileIds) => ({
      action: 'submit',
      result: f.result,
      measures: f.measures as 'explain'[],
      ...(text(f.legalBasis) ? { legalBasis: f.legalBasis } : {}),
      ...(fileIds.length > 0 ? { fileIds } : {}),
    }),
  },
  send_back: {
    submit: '退回重报',
    fields: [reason('退回理由')],
    toCommand: (f) => ({ action: 'send_back', reason: f.reason }),
  },
  conclude: {
    submit: '审核办结',
    fields: [note('审核意见', false)],
    toCommand: (f) => ({ action: 'conclude', ...(text(f.note) ? { note: f.note } : {}) }),
  },
  follow_up: {
    submit: '记录回访',
    files: true,
    fields: [
      { name: 'channel', label: '回访方式', as: 'choice', options: FOLLOW_UP_CHANNELS, required: true },
      {
        name: 'reached',
        label: '是否联系上诉求人',
        as: 'choice',
        options: { yes: '已联系上', no: '未联系上' },
        required: true,
      },
      {
        name: 'solved',
        label: '诉求是否解决',
        as: 'choice',
        options: { yes: '已解决', no: '未解决' },
        required: true,
        when: (f) => f.reached === 'yes',
      },
      {
        name: 'satisfaction',
        label: '满意程度',
        as: 'choice',
        options: SATISFACTIONS,
        required: true,
        when: (f) => f.reached === 'yes',
        hint: '未解决或不满意的，将重新办理并计入重办',
      },
      note('回访记录'),
      {
        name: 'final',
        label: '不再重办，按未解决办结（须已重办过）',
        as: 'tick',
        when: (f) => f.reached === 'yes' && (f.solved === 'no' || f.satisfaction === 'dissatisfied'),
      },
    ],
    toCommand: (f, fileIds) => ({
      action: 'follow_up',
      channel: f.channel as 'phone',
      reached: f.reached === 'yes',
      ...(f.reached === 'yes' ? { solved: f.solved === 'yes', satisfaction: f.satisfaction as 'satisfied' } : {}),
      note: f.note,
      ...(f.final ? { final: true } : {}),
      ...(fileIds.length > 0 ? { fileIds } : {}),
    }),
  },
  amend: {
    submit: '更正',
    fields: [
      { name: 'title', label: '标题', as: 'line', max: 200, required: true },
      { name: 'address', label: '地址', as: 'line', max: 300 },
      { name: 'categoryCode', label: '类别', as: 'category' },
      { name: 'townId', label: '街镇', as: 'town' },
      { name: 'kind', label: '类型', as: 'choice', options: KINDS, required: true },
      { name: 'urgency', label: '紧急程度', as: 'choice', options: URGENCIES, required: true },
      reason('更正理由'),
    ],
    toCommand: (f) => ({
      action: 'amend',
      reason: f.reason,
      changes: {
        title: f.title,
        address: text(f.address) ?? null,
        categoryCode: text(f.categoryCode) ?? null,
        townId: text(f.townId) ?? null,
        kind: f.kind as 'ordinary',
        urgency: f.urgency as 'normal',
      },
    }),
  },
} as const satisfies Record<Exclude<Action, 'withdraw' | 'decide' | 'locate'>, ActionForm>;

export type FormAction = keyof typeof ACTION_FORMS;
export const formOf = (action: FormAction): ActionForm => ACTION_FORMS[action];
export const isFormAction = (action: string): action is FormAction => action in ACTION_FORMS;

/** Which fields are on screen, and which of those are missing. */
export const visibleFields = (form: ActionForm, filled: Filled): Field[] =>
  form.fields.filter((field) => !field.when || field.when(filled));

export function missingFields(form: ActionForm, filled: Filled): { name: keyof Filled; message: string }[] {
  return visibleFields(form, filled).flatMap((field) => {
    const value = filled[field.name];
    const empty = typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0;
    const required = typeof field.required === 'function' ? field.required(filled) : field.required;
    if (empty)
      return required
        ? [
            {
              name: field.name,
              message:
                field.as === 'text' || field.as === 'line' || field.as === 'number'
                  ? `请填写${field.label}`
                  : `请选择${field.label}`,
            },
          ]
        : [];
    if ((field.as === 'text' || field.as === 'line') && typeof value === 'string' && value.length > field.max)
      return [{ name: field.name, message: `最多 ${field.max} 个字，现有 ${value.length} 个` }];
    if (
      field.as === 'number' &&
      !(Number.isInteger(Number(value)) && Number(value) >= field.min && Number(value) <= field.max)
    )
      return [{ name: field.name, message: `应为 ${field.min} 至 ${field.max} 的整数` }];
    return [];
  });
}
