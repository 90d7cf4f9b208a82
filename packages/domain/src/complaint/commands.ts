import type { Permission } from '../access/index.ts';
import type {
  ContactOutcome,
  FollowUpChannel,
  Kind,
  Measure,
  RequestKind,
  Satisfaction,
  Status,
  Urgency,
} from './vocabulary.ts';

/** What can be done to a complaint. `action` names the command; the rest is what the person filled in. */
export type Command =
  | { action: 'accept' }
  | { action: 'decline'; reason: string }
  | { action: 'answer'; result: string }
  | { action: 'dispatch'; unitId: string; jointUnitIds?: readonly string[]; note?: string }
  | { action: 'sign' }
  | { action: 'assign'; officerId: string; note?: string }
  | { action: 'contact'; outcome: ContactOutcome; note: string }
  | { action: 'visit'; note: string; measures: readonly Measure[]; fileIds?: readonly string[] }
  | { action: 'note'; note: string; fileIds?: readonly string[] }
  | { action: 'urge'; note: string }
  | {
      action: 'request';
      requestId: string;
      kind: RequestKind;
      reason: string;
      workdays?: number;
      targetUnitId?: string;
      fileIds?: readonly string[];
    }
  | { action: 'withdraw'; requestId: string }
  | { action: 'decide'; requestId: string; approve: boolean; note: string }
  | { action: 'resume'; note: string }
  | { action: 'submit'; result: string; measures: readonly Measure[]; legalBasis?: string; fileIds?: readonly string[] }
  | { action: 'send_back'; reason: string }
  | { action: 'conclude'; note?: string }
  | {
      action: 'follow_up';
      channel: FollowUpChannel;
      reached: boolean;
      solved?: boolean;
      satisfaction?: Satisfaction;
      note: string;
      /** After at least one re-handling: close as unsolved instead of opening another round. */
      final?: boolean;
      fileIds?: readonly string[];
    }
  | { action: 'amend'; changes: Amendment; reason: string }
  /** Where it is, pointed out on the map. Degrees, WGS-84. */
  | { action: 'locate'; lng: number; lat: number; note?: string };

/** Elements the coordination section may correct after intake. */
export interface Amendment {
  title?: string;
  address?: string | null;
  categoryCode?: string | null;
  townId?: string | null;
  kind?: Kind;
  urgency?: Urgency;
}

export type Action = Command['action'];

/** Who, beside holding the permission, may give a command: anyone in scope, the responsible unit's people, or whoever handles it. */
type Relation = 'any' | 'responsible_unit' | 'handler';

interface CommandRule {
  readonly label: string;
  readonly from: readonly Status[];
  /** Any one of these suffices. */
  readonly permissions: readonly Permission[];
  readonly relation: Relation;
}

const OPEN: readonly Status[] = ['received', 'accepted', 'dispatched', 'handling', 'reviewing', 'following_up'];

/** The whole state machine's door: which command, in which state, by whom. Source: measure 13 受理、化解、监督的闭环. */
export const COMMANDS = {
  accept: { label: '受理', from: ['received'], permissions: ['complaint.accept'], relation: 'any' },
  decline: { label: '不予受理', from: ['received', 'accepted'], permissions: ['complaint.accept'], relation: 'any' },
  answer: { label: '直接答复', from: ['received', 'accepted'], permissions: ['complaint.accept'], relation: 'any' },
  dispatch: {
    label: '派单',
    from: ['received', 'accepted', 'dispatched'],
    permissions: ['complaint.dispatch'],
    relation: 'any',
  },
  sign: { label: '签收', from: ['dispatched'], permissions: ['complaint.sign'], relation: 'responsible_unit' },
  assign: { label: '指派经办人', from: ['handling'], permissions: ['complaint.assign'], relation: 'responsible_unit' },
  contact: { label: '先行联系', from: ['handling'], permissions: ['complaint.handle'], relation: 'handler' },
  visit: { label: '现场处置', from: ['handling'], permissions: ['complaint.handle'], relation: 'handler' },
  note: { label: '记事', from: OPEN, permissions: ['complaint.handle', 'complaint.dispatch'], relation: 'any' },
  urge: {
    label: '催办',
    from: ['dispatched', 'handling', 'reviewing'],
    permissions: ['complaint.dispatch'],
    relation: 'any',
  },
  request: {
    label: '提出申请',
    from: ['dispatched', 'handling', 'following_up', 'closed'],
    permissions: ['complaint.request', 'complaint.requestExclusion'],
    relation: 'any',
  },
  withdraw: {
    label: '撤回申请',
    from: ['dispatched', 'handling', 'reviewing', 'following_up', 'closed'],
    permissions: ['complaint.request', 'complaint.requestExclusion'],
    relation: 'any',
  },
  decide: {
    label: '审批申请',
    from: ['dispatched', 'handling', 'reviewing', 'following_up', 'closed'],
    permissions: ['complaint.decide', 'complaint.decideExclusion'],
    relation: 'any',
  },
  resume: {
    label: '恢复计时',
    from: ['handling'],
    permissions: ['complaint.handle', 'complaint.decide'],
    relation: 'any',
  },
  submit: { label: '提交审核', from: ['handling'], permissions: ['complaint.handle'], relation: 'handler' },
  send_back: {
    label: '退回重报',
    from: ['reviewing'],
    permissions: ['complaint.review'],
    relation: 'responsible_unit',
  },
  conclude: { label: '审核办结', from: ['reviewing'], permissions: ['complaint.review'], relation: 'responsible_unit' },
  follow_up: { label: '回访', from: ['following_up'], permissions: ['complaint.followUp'], relation: 'any' },
  amend: { label: '更正要素', from: OPEN, permissions: ['complaint.edit'], relation: 'any' },
  // Also afterwards: the map of a year is made of closed orders.
  locate: {
    label: '修正位置',
    from: [...OPEN, 'closed'],
    permissions: ['complaint.edit', 'complaint.handle'],
    relation: 'any',
  },
} as const satisfies Record<Action, CommandRule>;

export const ACTION_NAMES = Object.keys(COMMANDS) as Action[];

/** In which states each kind of request may be made, and what permission makes and decides it. */
export const REQUEST_RULES = {
  return: { from: ['dispatched', 'handling'], ask: 'complaint.request', decide: 'complaint.decide' },
  transfer: { from: ['dispatched', 'handling'], ask: 'complaint.request', decide: 'complaint.decide' },
  extend: { from: ['handling'], ask: 'complaint.request', decide: 'complaint.decide' },
  pause: { from: ['handling'], ask: 'complaint.request', decide: 'complaint.decide' },
  complex: { from: ['handling'], ask: 'complaint.request', decide: 'complaint.decide' },
  exclude: {
    from: ['handling', 'following_up', 'closed'],
    ask: 'complaint.requestExclusion',
    decide: 'complaint.decideExclusion',
  },
} as const satisfies Record<RequestKind, { from: readonly Status[]; ask: Permission; decide: Permission }>;

export function commandRule(action: Action): CommandRule {
  return COMMANDS[action];
}
