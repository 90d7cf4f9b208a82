import { type Actor, permits } from '../access/index.ts';
import { isInChina, rounded } from '../geo/index.ts';
import type { LedgerEntry } from '../workday/index.ts';
import { ACTION_NAMES, type Action, type Command, commandRule, REQUEST_RULES } from './commands.ts';
import {
  accepted,
  type DecisionContext,
  type DecisionExtra,
  type DecisionResult,
  type NoticeDraft,
  type RefusalCode,
  refuse,
} from './decision.ts';
import { followUp } from './follow-up.ts';
import { ATTEMPTS_THAT_COUNT, LONGEST_EXTENSION_WORKDAYS } from './limits.ts';
import type { ComplaintState, PendingRequest, RoundState } from './state.ts';
import { REQUEST_KINDS, type Status } from './vocabulary.ts';

/** Whether the actor may give the command now; the first reason why not. `null` = may. */
export function refusalFor(state: ComplaintState, actor: Actor, action: Action): RefusalCode | null {
  const rule = commandRule(action);
  if (!rule.permissions.some((permission) => permits(actor, permission))) return 'not_permitted';
  if (!rule.from.includes(state.status)) return 'wrong_status';
  if (rule.relation !== 'any' && state.unitId !== actor.unitId) return 'not_responsible_unit';
  if (rule.relation === 'handler' && actor.role === 'officer' && state.officerId !== actor.personId)
    return 'not_handler';
  switch (action) {
    case 'answer':
      return state.kind === 'enquiry' ? null : 'not_enquiry';
    case 'send_back':
    case 'conclude':
      return state.round.submittedBy === actor.personId ? 'self_review' : null;
    case 'resume':
      if (state.pausedAt === null) return 'not_paused';
      return permits(actor, 'complaint.decide') || state.unitId === actor.unitId ? null : 'not_responsible_unit';
    case 'note':
      return permits(actor, 'complaint.dispatch') ||
        state.unitId === actor.unitId ||
        state.jointUnitIds.includes(actor.unitId)
        ? null
        : 'not_responsible_unit';
    case 'locate':
      return permits(actor, 'complaint.edit') ||
        state.unitId === actor.unitId ||
        state.jointUnitIds.includes(actor.unitId)
        ? null
        : 'not_responsible_unit';
    case 'request':
      return Object.values(REQUEST_RULES).some((r) => requestRefusal(state, actor, r) === null)
        ? null
        : 'request_not_allowed';
    case 'withdraw':
      return state.requests.some((r) => r.requestedUnitId === actor.unitId) ? null : 'request_not_found';
    case 'decide':
      return state.requests.some((r) => decisionRefusal(actor, r) === null) ? null : 'request_not_found';
    default:
      return null;
  }
}

/** The commands an answer carries so that no client works out a right by itself. */
export function allowedActions(state: ComplaintState, actor: Actor): Action[] {
  return ACTION_NAMES.filter((action) => refusalFor(state, actor, action) === null);
}

function requestRefusal(
  state: ComplaintState,
  actor: Actor,
  rule: (typeof REQUEST_RULES)[keyof typeof REQUEST_RULES],
): RefusalCode | null {
  if (!permits(actor, rule.ask)) return 'not_permitted';
  if (!(rule.from as readonly Status[]).includes(state.status)) return 'request_not_allowed';
  // The squadron asks for its own orders; the coordination section may ask for exclusion on the citizen-facing side.
  if (state.unitId !== actor.unitId && !permits(actor, 'complaint.dispatch')) return 'not_responsible_unit';
  return null;
}

/** Whoever asked does not decide, and an exclusion is decided outside the unit that asked (measure 12: 考核评议 must be fair). */
function decisionRefusal(actor: Actor, request: PendingRequest): RefusalCode | null {
  if (!permits(actor, REQUEST_RULES[request.kind].decide)) return 'not_permitted';
  if (request.requestedBy === actor.personId) return 'self_decision';
  if (request.kind === 'exclude' && request.requestedUnitId === actor.unitId) return 'own_unit_decision';
  return null;
}

/** Kinds of request the actor may make now. */
export function requestKindsFor(state: ComplaintState, actor: Actor): (keyof typeof REQUEST_RULES)[] {
  return (Object.keys(REQUEST_RULES) as (keyof typeof REQUEST_RULES)[]).filter(
    (kind) =>
      requestRefusal(state, actor, REQUEST_RULES[kind]) === null &&
      !state.requests.some((r) => r.kind === kind) &&
      requestConflict(state, kind) === null,
  );
}

/** Pending requests the actor may decide. */
export function decidableRequests(state: ComplaintState, actor: Actor): PendingRequest[] {
  return state.requests.filter((request) => decisionRefusal(actor, request) === null);
}

function requestConflict(state: ComplaintState, kind: keyof typeof REQUEST_RULES): RefusalCode | null {
  if (kind === 'pause' && state.pausedAt !== null) return 'already_paused';
  if (kind === 'complex' && state.round.kind === 'complex') return 'already_complex';
  if (kind === 'exclude' && state.excludedAt !== null) return 'already_excluded';
  return null;
}

/**
 * The pure heart of the loop: what a command makes of a complaint, or why it is refused.
 * The caller holds the row lock and writes the decision, its audit and its outbox row in the same transaction.
 */
export function decide(
  state: ComplaintState,
  command: Command,
  actor: Actor,
  context: DecisionContext,
): DecisionResult {
  const refusal = refusalFor(state, actor, command.action);
  if (refusal) return refuse(refusal);
  const { now } = context;
  const done = (changes: Partial<ComplaintState>, extra: DecisionExtra = {}): DecisionResult =>
    accepted(state, context, changes, 'fileIds' in command ? { fileIds: command.fileIds ?? [], ...extra } : extra);
  const round = (changes: Partial<RoundState>): RoundState => ({ ...state.round, ...changes });
  const toUnit = (text: string, kind: string, level: NoticeDraft['level'] = 'info'): NoticeDraft[] =>
    state.unitId ? [{ to: { unitId: state.unitId }, kind, level, text }] : [];
  /** A pause left open is closed when the work is handed in: the time it lasted stays excluded. */
  const closePause = (): LedgerEntry[] => (state.pausedAt === null ? [] : [{ kind: 'resume', at: now }]);

  switch (command.action) {
    case 'accept':
      return done({ status: 'accepted' });
    case 'decline':
      return done({ status: 'declined', closedAt: now, outcome: 'declined' }, { note: command.reason });
    case 'answer':
      return done(
        {
          status: 'following_up',
          round: round({ concludedAt: now, result: command.result, firstContactAt: state.round.firstContactAt ?? now }),
        },
        { note: command.result },
      );
    case 'dispatch': {
      if (command.unitId === state.unitId) return refuse('same_unit');
      const jointUnitIds = (command.jointUnitIds ?? []).filter((id) => id !== command.unitId);
      return done(
        {
          status: 'dispatched',
          unitId: command.unitId,
          officerId: null,
          jointUnitIds,
          dispatchedAt: now,
          round: round({ unitId: command.unitId, officerId: null, signedAt: null }),
        },
        {
          note: command.note,
          data: { unitId: command.unitId, jointUnitIds, fromUnitId: state.unitId },
          notices: [
            { to: { unitId: command.unitId }, kind: 'complaint.dispatched', level: 'info', text: '有新诉件待签收' },
            ...jointUnitIds.map(
              (unitId): NoticeDraft => ({
                to: { unitId },
                kind: 'complaint.joint',
                level: 'info',
                text: '有诉件请协同办理',
              }),
            ),
          ],
        },
      );
    }
    case 'sign':
      return done({ status: 'handling', round: round({ signedAt: now }) });
    case 'assign':
      return done(
        { officerId: command.officerId, round: round({ officerId: command.officerId }) },
        {
          note: command.note,
          data: { officerId: command.officerId },
          notices: [
            {
              to: { personId: command.officerId },
              kind: 'complaint.assigned',
              level: 'info',
              text: '有诉件指派给您办理',
            },
          ],
        },
      );
    case 'contact': {
      const contactAttempts = state.round.contactAttempts + 1;
      const counts = command.outcome !== 'unreached' || contactAttempts >= ATTEMPTS_THAT_COUNT;
      return done(
        { round: round({ contactAttempts, firstContactAt: state.round.firstContactAt ?? (counts ? now : null) }) },
        { note: command.note, data: { outcome: command.outcome, attempt: contactAttempts } },
      );
    }
    case 'visit':
      // An anonymous citizen cannot be called: going to the place is the first contact.
      return done(
        { round: round({ firstContactAt: state.round.firstContactAt ?? (state.anonymous ? now : null) }) },
        { note: command.note, data: { measures: command.measures } },
      );
    case 'note':
      return done({}, { note: command.note });
    case 'urge':
      return done({}, { note: command.note, notices: toUnit(`催办：${command.note}`, 'complaint.urged', 'warn') });
    case 'request': {
      const rule = REQUEST_RULES[command.kind];
      const cause = requestRefusal(state, actor, rule) ?? requestConflict(state, command.kind);
      if (cause) return refuse(cause);
      if (state.requests.some((r) => r.kind === command.kind)) return refuse('request_pending');
      const workdays = command.workdays ?? null;
      if (
        command.kind === 'extend' &&
        (workdays === null || !Number.isInteger(workdays) || workdays < 1 || workdays > LONGEST_EXTENSION_WORKDAYS)
      ) {
        return refuse('workdays_invalid');
      }
      if (command.kind === 'transfer' && !command.targetUnitId) return refuse('target_unit_missing');
      if (command.kind === 'transfer' && command.targetUnitId === state.unitId) return refuse('same_unit');
      const newRequest: PendingRequest = {
        id: command.requestId,
        kind: command.kind,
        reason: command.reason,
        workdays: command.kind === 'extend' ? workdays : null,
        targetUnitId: command.kind === 'transfer' ? (command.targetUnitId ?? null) : null,
        fileIds: command.fileIds ?? [],
        requestedBy: actor.personId,
        requestedUnitId: actor.unitId,
      };
      return done(
        { requests: [...state.requests, newRequest] },
        {
          newRequest,
          note: command.reason,
          data: { kind: command.kind, workdays: newRequest.workdays, targetUnitId: newRequest.targetUnitId },
          notices: [
            {
              to: { duty: command.kind === 'exclude' ? 'supervision' : 'coordination' },
              kind: 'complaint.requested',
              level: 'info',
              text: `有${REQUEST_KINDS[command.kind]}申请待审批`,
            },
          ],
        },
      );
    }
    case 'withdraw': {
      const request = state.requests.find((r) => r.id === command.requestId && r.requestedUnitId === actor.unitId);
      if (!request) return refuse('request_not_found');
      return done(
        { requests: state.requests.filter((r) => r !== request) },
        { decidedRequest: { id: request.id, approved: null, note: '申请人撤回' }, data: { kind: request.kind } },
      );
    }
    case 'decide':
      return decideRequest(command);
    case 'resume':
      return done({ pausedAt: null }, { note: command.note, ledgerEntries: [{ kind: 'resume', at: now }] });
    case 'submit':
      return done(
        {
          status: 'reviewing',
          pausedAt: null,
          round: round({
            submittedAt: now,
            submittedBy: actor.personId,
            result: command.result,
            measures: command.measures,
            legalBasis: command.legalBasis ?? null,
          }),
        },
        {
          note: command.result,
          data: { measures: command.measures, legalBasis: command.legalBasis ?? null },
          ledgerEntries: closePause(),
          notices: toUnit('有办理结果待审核', 'complaint.submitted'),
        },
      );
    case 'send_back':
      return done(
        { status: 'handling', round: round({ submittedAt: null, submittedBy: null }) },
        { note: command.reason, notices: toUnit(`办理结果被退回：${command.reason}`, 'complaint.sent_back', 'warn') },
      );
    case 'conclude':
      return done(
        { status: 'following_up', round: round({ concludedAt: now }) },
        {
          note: command.note,
          notices: [{ to: { duty: 'coordination' }, kind: 'complaint.concluded', level: 'info', text: '有诉件待回访' }],
        },
      );
    case 'follow_up':
      return followUp(state, command, context);
    case 'amend': {
      const { changes } = command;
      const kind = changes.kind ?? state.kind;
      const urgency = changes.urgency ?? state.urgency;
      const categoryCode = changes.categoryCode === undefined ? state.categoryCode : changes.categoryCode;
      const townId = changes.townId === undefined ? state.townId : changes.townId;
      return done(
        {
          kind,
          urgency,
          categoryCode,
          townId,
          round: round({ kind: state.round.kind === 'rehandle' ? 'rehandle' : kind, urgency }),
        },
        { amendment: changes, note: command.reason, data: { fields: Object.keys(changes) } },
      );
    }
    case 'locate': {
      const { lng, lat, note } = command;
      if (!isInChina({ lng, lat })) return refuse('outside_range');
      const pin = rounded({ lng, lat });
      return done({}, { pin, note, data: { ...pin } });
    }
  }

  function decideRequest(decision: Extract<Command, { action: 'decide' }>): DecisionResult {
    const request = state.requests.find((r) => r.id === decision.requestId);
    if (!request) return refuse('request_not_found');
    const cause = decisionRefusal(actor, request);
    if (cause) return refuse(cause);
    if (!decision.approve && decision.note.trim() === '') return refuse('reason_required');
    const requests = state.requests.filter((r) => r !== request);
    const rows = {
      decidedRequest: { id: request.id, approved: decision.approve, note: decision.note },
      note: decision.note,
      data: {
        kind: request.kind,
        approved: decision.approve,
        workdays: request.workdays,
        targetUnitId: request.targetUnitId,
      },
    };
    const reply: NoticeDraft = {
      to: { personId: request.requestedBy },
      kind: 'complaint.decided',
      level: decision.approve ? 'info' : 'warn',
      text: `${REQUEST_KINDS[request.kind]}申请${decision.approve ? '已同意' : '未获同意'}`,
    };
    if (!decision.approve) return done({ requests }, { ...rows, notices: [reply] });
    // A request the state has overtaken (the order moved on while it waited) can no longer take effect.
    if (!(REQUEST_RULES[request.kind].from as readonly Status[]).includes(state.status)) return refuse('wrong_status');
    const conflict = requestConflict(state, request.kind);
    if (conflict) return refuse(conflict);
    const requestId = request.id;
    switch (request.kind) {
      case 'return':
        return done(
          {
            requests: [],
            status: 'accepted',
            unitId: null,
            officerId: null,
            jointUnitIds: [],
            pausedAt: null,
            round: round({ unitId: null, officerId: null, signedAt: null }),
          },
          { ...rows, ledgerEntries: closePause(), notices: [reply] },
        );
      case 'transfer': {
        const unitId = request.targetUnitId as string;
        return done(
          {
            requests: [],
            status: 'dispatched',
            unitId,
            officerId: null,
            dispatchedAt: now,
            pausedAt: null,
            jointUnitIds: state.jointUnitIds.filter((id) => id !== unitId),
            round: round({ unitId, officerId: null, signedAt: null }),
          },
          {
            ...rows,
            ledgerEntries: closePause(),
            notices: [reply, { to: { unitId }, kind: 'complaint.dispatched', level: 'info', text: '有转派诉件待签收' }],
          },
        );
      }
      case 'extend':
        return done(
          { requests },
          {
            ...rows,
            ledgerEntries: [
              { kind: 'extend', at: now, budget: { unit: 'workday', amount: request.workdays as number }, requestId },
            ],
            notices: [reply],
          },
        );
      case 'pause':
        return done(
          { requests, pausedAt: now },
          { ...rows, ledgerEntries: [{ kind: 'pause', at: now, requestId }], notices: [reply] },
        );
      case 'complex':
        return done(
          {
            requests,
            kind: 'complex',
            round: round({ kind: state.round.kind === 'rehandle' ? 'rehandle' : 'complex' }),
          },
          { ...rows, notices: [reply] },
        );
      case 'exclude':
        return done(
          { requests, excludedAt: now },
          { ...rows, notices: [reply, ...toUnit('诉件已剔除，不计入考核', 'complaint.excluded')] },
        );
    }
  }
}
