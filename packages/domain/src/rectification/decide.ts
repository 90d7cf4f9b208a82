import { type Actor, type Permission, permits } from '../access/index.ts';
import type { LedgerEntry } from '../workday/index.ts';
import type { RectificationState } from './state.ts';
import type { FileStage, RectificationStatus } from './vocabulary.ts';

/** Working days that one extension may add, and how many may be granted. */
export const EXTENSION_DAYS_AT_MOST = 15;
export const EXTENSIONS_AT_MOST = 2;

export type RectificationCommand =
  | { readonly action: 'assign'; readonly personId: string; readonly note?: string }
  | { readonly action: 'plan'; readonly cause: string; readonly measure: string }
  | { readonly action: 'report'; readonly note: string; readonly fileIds?: readonly string[] }
  | {
      readonly action: 'submit';
      readonly result: string;
      readonly lastingRule?: string;
      readonly fileIds: readonly string[];
    }
  | { readonly action: 'withdraw'; readonly reason: string }
  | { readonly action: 'object'; readonly reason: string; readonly fileIds?: readonly string[] }
  | { readonly action: 'decide_objection'; readonly upheld: boolean; readonly reason: string }
  | { readonly action: 'appeal'; readonly reason: string; readonly fileIds?: readonly string[] }
  | { readonly action: 'decide_appeal'; readonly upheld: boolean; readonly reason: string }
  | { readonly action: 'request_extension'; readonly workdays: number; readonly reason: string }
  | { readonly action: 'decide_extension'; readonly granted: boolean; readonly reason: string }
  | {
      readonly action: 'verify';
      readonly passed: boolean;
      readonly note: string;
      readonly fileIds?: readonly string[];
    }
  | { readonly action: 'sign_off'; readonly note?: string }
  | { readonly action: 'send_back'; readonly reason: string }
  | { readonly action: 'urge'; readonly note: string }
  | { readonly action: 'cancel'; readonly reason: string };
export type RectificationAction = RectificationCommand['action'];

export const RECTIFICATION_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  not_owner: '只有承担整改的单位或个人可以办理',
  own_work: '本单位或本人承担的整改，须由他人核验、裁定和销号',
  own_check: '核验人不能再办理销号，须由另一人办理',
  own_decision: '本人下发或裁定过的，须由另一人裁定',
  wrong_status: '整改已进入其他环节，请刷新后再办理',
  reason_required: '请写明理由或意见',
  plan_required: '请先填写原因和整改措施',
  rule_required: '同类问题再次发生，须写明长效机制',
  evidence_required: '请上传整改后的照片或文件',
  already_objected: '异议已经裁定，如不服可申请复核',
  already_appealed: '复核已经裁定，不再受理',
  nothing_to_appeal: '没有被驳回的异议',
  extension_pending: '延期申请正在审批',
  no_extension: '没有待审批的延期申请',
  extension_limit: '延期次数已用完',
  bad_days: '延长天数应为 1 至 15 个工作日',
} as const;
export type RectificationRefusal = keyof typeof RECTIFICATION_REFUSALS;

type Side = 'owner' | 'owner_leader' | 'checker' | 'closer' | 'judge' | 'appeal_judge';

interface Rule {
  readonly label: string;
  readonly from: readonly RectificationStatus[];
  readonly permission: Permission;
  readonly side: Side;
}

const OWNER = 'rectification.handle';
const DECIDE = 'rectification.decide';

export const RECTIFICATION_ACTIONS = {
  assign: { label: '指定责任人', from: ['open'], permission: OWNER, side: 'owner_leader' },
  plan: { label: '填写原因和措施', from: ['open'], permission: OWNER, side: 'owner' },
  report: { label: '报告进展', from: ['open'], permission: OWNER, side: 'owner' },
  submit: { label: '提交核验', from: ['open'], permission: OWNER, side: 'owner' },
  withdraw: { label: '撤回提交', from: ['submitted'], permission: OWNER, side: 'owner' },
  object: { label: '提出异议', from: ['open'], permission: OWNER, side: 'owner' },
  decide_objection: { label: '裁定异议', from: ['objected'], permission: DECIDE, side: 'judge' },
  appeal: { label: '申请复核', from: ['open'], permission: OWNER, side: 'owner' },
  decide_appeal: { label: '裁定复核', from: ['appealed'], permission: 'rectification.appeal', side: 'appeal_judge' },
  request_extension: { label: '申请延期', from: ['open'], permission: OWNER, side: 'owner' },
  decide_extension: { label: '审批延期', from: ['open'], permission: DECIDE, side: 'checker' },
  verify: { label: '核验', from: ['submitted'], permission: 'rectification.verify', side: 'checker' },
  sign_off: { label: '销号', from: ['verified'], permission: DECIDE, side: 'closer' },
  send_back: { label: '退回整改', from: ['verified'], permission: DECIDE, side: 'closer' },
  urge: { label: '督促', from: ['open'], permission: 'rectification.verify', side: 'checker' },
  cancel: { label: '撤销', from: ['open'], permission: DECIDE, side: 'checker' },
} as const satisfies Record<RectificationAction, Rule>;

export interface RectificationDecision {
  readonly next: RectificationState;
  readonly note: string | null;
  readonly files: { readonly ids: readonly string[]; readonly stage: FileStage } | null;
}
export type RectificationResult =
  | { readonly ok: true; readonly decision: RectificationDecision }
  | { readonly ok: false; readonly code: RectificationRefusal };

/** On the side that owes it: the named person, or whoever speaks for the unit. */
export function owes(state: Pick<RectificationState, 'ownerUnitId' | 'ownerPersonId'>, actor: Actor): boolean {
  if (state.ownerPersonId === actor.personId) return true;
  return actor.unitId === state.ownerUnitId && actor.role !== 'officer';
}

/** Has a stake in its being closed: of the unit, named, or had a hand in the work. */
const isParty = (state: RectificationState, actor: Actor): boolean =>
  actor.unitId === state.ownerUnitId ||
  actor.personId === state.ownerPersonId ||
  state.doerIds.includes(actor.personId);

function refusal(state: RectificationState, action: RectificationAction, actor: Actor): RectificationRefusal | null {
  const rule: Rule = RECTIFICATION_ACTIONS[action];
  if (!permits(actor, rule.permission)) return 'not_permitted';
  if (rule.side === 'owner' || rule.side === 'owner_leader') {
    if (!owes(state, actor)) return 'not_owner';
    if (rule.side === 'owner_leader' && actor.role === 'officer') return 'not_owner';
  } else if (isParty(state, actor)) return 'own_work';
  if (!rule.from.includes(state.status)) return 'wrong_status';
  if (rule.side === 'closer' && state.verifiedBy === actor.personId) return 'own_check';
  if (rule.side === 'judge' && state.issuedBy === actor.personId) return 'own_decision';
  if (rule.side === 'appeal_judge' && [state.issuedBy, state.objectionDecidedBy].includes(actor.personId))
    return 'own_decision';
  switch (action) {
    case 'object':
      if (state.objectedBy !== null) return state.appealed ? 'already_appealed' : 'already_objected';
      break;
    case 'appeal':
      if (state.objectionDecidedBy === null) return 'nothing_to_appeal';
      if (state.appealed) return 'already_appealed';
      break;
    case 'submit':
      if (state.cause === null || state.measure === null) return 'plan_required';
      break;
    case 'request_extension':
      if (state.extension !== null) return 'extension_pending';
      if (state.extensionsGranted >= EXTENSIONS_AT_MOST) return 'extension_limit';
      break;
    case 'decide_extension':
      if (state.extension === null) return 'no_extension';
      if (state.extension.by === actor.personId) return 'own_work';
      break;
  }
  return null;
}

/** What the actor may do now; the page shows exactly these. */
export function allowedRectificationActions(state: RectificationState, actor: Actor): RectificationAction[] {
  return (Object.keys(RECTIFICATION_ACTIONS) as RectificationAction[]).filter(
    (action) => refusal(state, action, actor) === null,
  );
}

const written = (text: string | undefined): text is string => text !== undefined && text.trim().length >= 2;
const entry = (kind: 'pause' | 'resume', at: number): LedgerEntry => ({ kind, at });

/**
 * One command on one rectification. Nobody checks, judges or closes what he or his unit owes; whoever checked does not close
 * (measure 12: 严格落实行政执法责任制).
 * @param now epoch milliseconds
 */
export function decideRectification(
  state: RectificationState,
  command: RectificationCommand,
  actor: Actor,
  now: number,
): RectificationResult {
  const no = (code: RectificationRefusal): RectificationResult => ({ ok: false, code });
  const refused = refusal(state, command.action, actor);
  if (refused) return no(refused);
  const yes = (
    change: Partial<RectificationState>,
    note: string | null = null,
    files: RectificationDecision['files'] = null,
  ): RectificationResult => ({
    ok: true,
    decision: { next: { ...state, ...change, version: state.version + 1 }, note: note?.trim() || null, files },
  });
  const doerIds = state.doerIds.includes(actor.personId) ? state.doerIds : [...state.doerIds, actor.personId];
  const paused = [...state.ledger, entry('pause', now)];
  const resumed = [...state.ledger, entry('resume', now)];
  const attach = (ids: readonly string[] | undefined, stage: FileStage) => (ids?.length ? { ids, stage } : null);
  const again = {
    status: 'open',
    ledger: resumed,
    cycle: state.cycle + 1,
    submittedAt: null,
    verifiedBy: null,
  } as const;

  switch (command.action) {
    case 'assign':
      return yes({ ownerPersonId: command.personId }, command.note);
    case 'plan':
      if (!written(command.cause) || !written(command.measure)) return no('reason_required');
      return yes({ cause: command.cause.trim(), measure: command.measure.trim(), doerIds });
    case 'report':
      if (!written(command.note)) return no('reason_required');
      return yes({ doerIds }, command.note, attach(command.fileIds, 'after'));
    case 'submit': {
      if (!written(command.result)) return no('reason_required');
      if (command.fileIds.length === 0) return no('evidence_required');
      const lastingRule = command.lastingRule?.trim() || state.lastingRule;
      if (state.isRecurrence && !written(lastingRule ?? undefined)) return no('rule_required');
      return yes(
        {
          status: 'submitted',
          result: command.result.trim(),
          lastingRule,
          submittedAt: now,
          submittedBy: actor.personId,
          extension: null,
          ledger: paused,
          doerIds,
        },
        command.result,
        attach(command.fileIds, 'after'),
      );
    }
    case 'withdraw':
      if (!written(command.reason)) return no('reason_required');
      return yes({ status: 'open', ledger: resumed, submittedAt: null, submittedBy: null }, command.reason);
    case 'object':
      if (!written(command.reason)) return no('reason_required');
      return yes(
        { status: 'objected', objectedBy: actor.personId, ledger: paused },
        command.reason,
        attach(command.fileIds, 'objection'),
      );
    case 'decide_objection':
      if (!written(command.reason)) return no('reason_required');
      return command.upheld
        ? yes({ status: 'cancelled', objectionDecidedBy: actor.personId, submittedAt: null }, command.reason)
        : yes({ status: 'open', objectionDecidedBy: actor.personId, ledger: resumed }, command.reason);
    case 'appeal':
      if (!written(command.reason)) return no('reason_required');
      return yes(
        { status: 'appealed', appealed: true, ledger: paused },
        command.reason,
        attach(command.fileIds, 'objection'),
      );
    case 'decide_appeal':
      if (!written(command.reason)) return no('reason_required');
      return command.upheld
        ? yes({ status: 'cancelled', submittedAt: null }, command.reason)
        : yes({ status: 'open', ledger: resumed }, command.reason);
    case 'request_extension':
      if (!written(command.reason)) return no('reason_required');
      if (!Number.isInteger(command.workdays) || command.workdays < 1 || command.workdays > EXTENSION_DAYS_AT_MOST)
        return no('bad_days');
      return yes(
        { extension: { workdays: command.workdays, reason: command.reason.trim(), by: actor.personId } },
        command.reason,
      );
    case 'decide_extension': {
      if (!written(command.reason)) return no('reason_required');
      if (!command.granted) return yes({ extension: null }, command.reason);
      const budget = { unit: 'workday', amount: state.extension!.workdays } as const;
      return yes(
        {
          extension: null,
          extensionsGranted: state.extensionsGranted + 1,
          cycle: state.cycle + 1,
          ledger: [...state.ledger, { kind: 'extend', at: now, budget }],
        },
        command.reason,
      );
    }
    case 'verify':
      if (!written(command.note)) return no('reason_required');
      return command.passed
        ? yes({ status: 'verified', verifiedBy: actor.personId }, command.note, attach(command.fileIds, 'check'))
        : yes({ ...again, sentBackCount: state.sentBackCount + 1 }, command.note, attach(command.fileIds, 'check'));
    case 'sign_off':
      return yes({ status: 'closed' }, command.note ?? null);
    case 'send_back':
      if (!written(command.reason)) return no('reason_required');
      return yes({ ...again, sentBackCount: state.sentBackCount + 1 }, command.reason);
    case 'urge':
      if (!written(command.note)) return no('reason_required');
      return yes({}, command.note);
    case 'cancel':
      if (!written(command.reason)) return no('reason_required');
      return yes({ status: 'cancelled', submittedAt: null, extension: null }, command.reason);
  }
}
