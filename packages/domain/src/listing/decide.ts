import { type Actor, type Permission, permits } from '../access/index.ts';
import type { ListingState } from './state.ts';
import type { EntryKind, ListingFileStage, ListingStatus } from './vocabulary.ts';

export const LISTING_EXTENSION_AT_MOST = 30;

export type ListingCommand =
  | { readonly action: 'approve'; readonly note?: string }
  | { readonly action: 'refuse'; readonly reason: string }
  | { readonly action: 'report'; readonly note: string; readonly fileIds?: readonly string[] }
  | { readonly action: 'visit'; readonly note: string; readonly fileIds: readonly string[] }
  | {
      readonly action: 'open_rectification';
      readonly type: string;
      readonly problem: string;
      readonly workdays: number;
      readonly ownerPersonId?: string;
      readonly recurrenceOf?: string;
    }
  | { readonly action: 'extend'; readonly workdays: number; readonly reason: string }
  | { readonly action: 'ask_delisting'; readonly result: string; readonly fileIds: readonly string[] }
  | {
      readonly action: 'verify';
      readonly passed: boolean;
      readonly result: string;
      readonly fileIds?: readonly string[];
    }
  | { readonly action: 'delist'; readonly note?: string }
  | { readonly action: 'send_back'; readonly reason: string };
export type ListingAction = ListingCommand['action'];

export const LISTING_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  not_owner: '只有责任单位可以办理',
  own_work: '本单位或本人承办的挂牌事项，须由他人核查和决定',
  own_proposal: '本人提请的，须由另一位局领导批准',
  own_check: '本人核查的，须由另一人决定摘牌',
  wrong_status: '挂牌事项已进入其他环节，请刷新后再办理',
  reason_required: '请写明理由、结果或意见',
  evidence_required: '请上传照片或文件',
  open_rectification: '还有未销号的整改，不能摘牌',
  bad_days: '延长天数应为 1 至 30 个工作日',
} as const;
export type ListingRefusal = keyof typeof LISTING_REFUSALS;

type Side = 'owner' | 'approver' | 'checker' | 'closer';
interface Rule {
  readonly label: string;
  readonly from: readonly ListingStatus[];
  readonly permission: Permission;
  readonly side: Side;
}

export const LISTING_ACTIONS = {
  approve: { label: '批准挂牌', from: ['proposed'], permission: 'listing.decide', side: 'approver' },
  refuse: { label: '不予挂牌', from: ['proposed'], permission: 'listing.decide', side: 'approver' },
  report: { label: '报告进展', from: ['listed'], permission: 'listing.report', side: 'owner' },
  visit: { label: '到场核查', from: ['listed', 'delisting'], permission: 'listing.propose', side: 'checker' },
  open_rectification: {
    label: '下发整改',
    from: ['listed', 'delisting'],
    permission: 'rectification.issue',
    side: 'checker',
  },
  extend: { label: '延长督办时限', from: ['listed'], permission: 'listing.decide', side: 'checker' },
  ask_delisting: { label: '申请摘牌', from: ['listed'], permission: 'listing.report', side: 'owner' },
  verify: { label: '摘牌核查', from: ['delisting'], permission: 'listing.propose', side: 'checker' },
  delist: { label: '决定摘牌', from: ['checked'], permission: 'listing.decide', side: 'closer' },
  send_back: { label: '退回继续督办', from: ['checked'], permission: 'listing.decide', side: 'closer' },
} as const satisfies Record<ListingAction, Rule>;

/** What lies outside the row and still decides. */
export interface ListingContext {
  /** Rectifications opened from it that are not closed. */
  readonly openRectifications: number;
}

export interface ListingDecision {
  readonly next: ListingState;
  readonly note: string | null;
  /** A report or a check on site to be kept. */
  readonly entry: EntryKind | null;
  readonly files: { readonly ids: readonly string[]; readonly stage: ListingFileStage } | null;
}
export type ListingResult =
  | { readonly ok: true; readonly decision: ListingDecision }
  | { readonly ok: false; readonly code: ListingRefusal };

/** Has a stake in its being taken off the list. */
const isParty = (state: ListingState, actor: Actor): boolean =>
  actor.unitId === state.ownerUnitId || state.doerIds.includes(actor.personId);

function refusal(
  state: ListingState,
  action: ListingAction,
  actor: Actor,
  context: ListingContext,
): ListingRefusal | null {
  const rule: Rule = LISTING_ACTIONS[action];
  if (!permits(actor, rule.permission)) return 'not_permitted';
  if (rule.side === 'owner') {
    if (actor.unitId !== state.ownerUnitId) return 'not_owner';
  } else if (isParty(state, actor)) return 'own_work';
  if (!rule.from.includes(state.status)) return 'wrong_status';
  if (rule.side === 'approver' && state.proposedBy === actor.personId) return 'own_proposal';
  if (rule.side === 'closer' && state.checkedBy === actor.personId) return 'own_check';
  if (action === 'delist' && context.openRectifications > 0) return 'open_rectification';
  return null;
}

/** What the actor may do now; the page shows exactly these. */
export function allowedListingActions(state: ListingState, actor: Actor, context: ListingContext): ListingAction[] {
  return (Object.keys(LISTING_ACTIONS) as ListingAction[]).filter(
    (action) => refusal(state, action, actor, context) === null,
  );
}

const written = (text: string | undefined): text is string => text !== undefined && text.trim().length >= 2;

/**
 * One command on one listed matter. Nobody approves what he proposed, checks what his unit owes, or takes off the list what he
 * checked himself (measure 10: 摘牌须核查).
 * @param now epoch milliseconds
 */
export function decideListing(
  state: ListingState,
  command: ListingCommand,
  actor: Actor,
  context: ListingContext,
  now: number,
): ListingResult {
  const no = (code: ListingRefusal): ListingResult => ({ ok: false, code });
  const refused = refusal(state, command.action, actor, context);
  if (refused) return no(refused);
  const yes = (
    change: Partial<ListingState>,
    note: string | null | undefined,
    more: Partial<Pick<ListingDecision, 'entry' | 'files'>> = {},
  ): ListingResult => ({
    ok: true,
    decision: {
      next: { ...state, ...change, version: state.version + 1 },
      note: note?.trim() || null,
      entry: more.entry ?? null,
      files: more.files ?? null,
    },
  });
  const doerIds = state.doerIds.includes(actor.personId) ? state.doerIds : [...state.doerIds, actor.personId];
  const attach = (ids: readonly string[] | undefined, stage: ListingFileStage) => (ids?.length ? { ids, stage } : null);
  const again = {
    status: 'listed',
    ledger: [...state.ledger, { kind: 'resume', at: now }],
    cycle: state.cycle + 1,
    askedAt: null,
    checkedBy: null,
    sentBackCount: state.sentBackCount + 1,
  } as const;

  switch (command.action) {
    case 'approve':
      return yes({ status: 'listed', listedAt: now, approvedBy: actor.personId }, command.note);
    case 'refuse':
      if (!written(command.reason)) return no('reason_required');
      return yes({ status: 'refused' }, command.reason);
    case 'report':
      if (!written(command.note)) return no('reason_required');
      return yes({ doerIds }, command.note, { entry: 'report', files: attach(command.fileIds, 'report') });
    case 'visit':
      if (!written(command.note)) return no('reason_required');
      if (command.fileIds.length === 0) return no('evidence_required');
      return yes({}, command.note, { entry: 'visit', files: attach(command.fileIds, 'visit') });
    case 'open_rectification':
      if (!written(command.problem)) return no('reason_required');
      return yes({}, command.problem);
    case 'extend':
      if (!written(command.reason)) return no('reason_required');
      if (!Number.isInteger(command.workdays) || command.workdays < 1 || command.workdays > LISTING_EXTENSION_AT_MOST)
        return no('bad_days');
      return yes(
        {
          cycle: state.cycle + 1,
          ledger: [...state.ledger, { kind: 'extend', at: now, budget: { unit: 'workday', amount: command.workdays } }],
        },
        command.reason,
      );
    case 'ask_delisting':
      if (!written(command.result)) return no('reason_required');
      if (command.fileIds.length === 0) return no('evidence_required');
      return yes(
        { status: 'delisting', askedAt: now, doerIds, ledger: [...state.ledger, { kind: 'pause', at: now }] },
        command.result,
        { files: attach(command.fileIds, 'result') },
      );
    case 'verify': {
      if (!written(command.result)) return no('reason_required');
      const files = attach(command.fileIds, 'check');
      return command.passed
        ? yes({ status: 'checked', checkedBy: actor.personId }, command.result, { files })
        : yes(again, command.result, { files });
    }
    case 'delist':
      return yes({ status: 'delisted' }, command.note);
    case 'send_back':
      if (!written(command.reason)) return no('reason_required');
      return yes(again, command.reason);
  }
}
