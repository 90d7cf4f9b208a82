import type { FindingCommand, PlanCommand, Visit } from '@bihuan/contract/inspection';
import type { FindingAction, PlanAction } from '@bihuan/domain/inspection';
import { type CommandField, type Filled, type Option, textOf } from '../../ui/command-form/fields.ts';

interface Form<Command> {
  readonly submit: string;
  readonly about?: string;
  readonly fields: readonly CommandField[];
  readonly toCommand: (filled: Filled) => Command;
}
const text = (filled: Filled, name: string): string => textOf(filled[name]) ?? '';
const reason = (label = '理由'): CommandField => ({ name: 'reason', label, as: 'text', required: true });

/** One form an action. `source`: the public value that was agreed on. */
export function planForm(action: PlanAction, source: string): Form<PlanCommand> {
  switch (action) {
    case 'submit':
      return {
        submit: '报批',
        about: '报批后不能再改；由另一人批准并冻结名单。',
        fields: [],
        toCommand: () => ({ action }),
      };
    case 'recall':
      return { submit: '撤回', about: '撤回后可以继续修改。', fields: [], toCommand: () => ({ action }) };
    case 'start':
      return {
        submit: '开始督察',
        about: '抽到的督察人员随即收到通知，可以在手机上填写检查表。',
        fields: [],
        toCommand: () => ({ action }),
      };
    case 'approve':
      return {
        submit: '批准并冻结名单',
        about: '批准即冻结对象、人员和回避名单，公布承诺值；名单此后不能改动，等约定的公开值公布后抽取。',
        fields: [{ name: 'note', label: '批准意见', as: 'text', rows: 3, max: 1000 }],
        toCommand: (f) => ({ action, ...(textOf(f.note) ? { note: text(f, 'note') } : {}) }),
      };
    case 'draw':
      return {
        submit: '抽取',
        about: '结果由承诺的随机数、冻结的名单和公开值共同决定，抽取后不能重抽。',
        fields: [
          {
            name: 'publicValue',
            label: '公开值',
            as: 'line',
            max: 200,
            required: true,
            hint: `${source}；照公布的原样填写`,
          },
        ],
        toCommand: (f) => ({ action, publicValue: text(f, 'publicValue') }),
      };
    case 'open':
      return {
        submit: '启封',
        about: '启封后被督察单位可以看到本次暗访和发现的问题，并收到通知；不能再封存。',
        fields: [reason('启封的理由')],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
    case 'finish':
      return {
        submit: '完成',
        fields: [{ name: 'note', label: '督察小结', as: 'text', rows: 5, required: true }],
        toCommand: (f) => ({ action, note: text(f, 'note') }),
      };
    case 'return':
    case 'cancel':
      return {
        submit: action === 'return' ? '退回修改' : '取消计划',
        fields: [reason()],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
  }
}

export function findingForm(
  action: FindingAction,
  { types, people }: { types: readonly Option[]; people: Visit['people'] },
): Form<FindingCommand> {
  switch (action) {
    case 'answer':
      return {
        submit: '提交说明',
        fields: [
          {
            name: 'accepted',
            label: '对这一问题',
            as: 'choice',
            required: true,
            options: [
              { value: 'yes', label: '属实' },
              { value: 'no', label: '有异议' },
            ],
          },
          { name: 'text', label: '情况说明', as: 'text', rows: 5, required: true },
        ],
        toCommand: (f) => ({ action, accepted: f.accepted === 'yes', text: text(f, 'text') }),
      };
    case 'confirm':
      return {
        submit: '认定并下发整改',
        about: '下发后进入整改台账，由被督察单位整改、他人核验销号。',
        fields: [
          { name: 'problem', label: '问题', as: 'text', rows: 4, required: true },
          { name: 'type', label: '整改类型', as: 'pick', options: types, required: true },
          { name: 'workdays', label: '整改时限（工作日）', as: 'number', min: 1, max: 60, required: true },
          {
            name: 'ownerPersonId',
            label: '责任人',
            as: 'pick',
            options: people.map(({ id, name }) => ({ value: id, label: name })),
            none: '由单位负责',
          },
        ],
        toCommand: (f) => ({
          action,
          problem: text(f, 'problem'),
          type: text(f, 'type'),
          workdays: Number(f.workdays),
          ...(textOf(f.ownerPersonId) ? { ownerPersonId: text(f, 'ownerPersonId') } : {}),
        }),
      };
    case 'withdraw':
      return {
        submit: '不予认定',
        fields: [reason('不予认定的理由')],
        toCommand: (f) => ({ action, reason: text(f, 'reason') }),
      };
  }
}
