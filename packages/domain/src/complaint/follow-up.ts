import type { Command } from './commands.ts';
import { accepted, type DecisionContext, type DecisionResult, refuse } from './decision.ts';
import type { ComplaintState, RoundState } from './state.ts';
import type { Satisfaction } from './vocabulary.ts';

/** What a citizen says when asked: solved and satisfied closes the order; anything else opens another round (重办). */
export function followUp(
  state: ComplaintState,
  outcome: Extract<Command, { action: 'follow_up' }>,
  context: DecisionContext,
): DecisionResult {
  const { now } = context;
  const fileIds = outcome.fileIds ?? [];
  if (outcome.reached && (outcome.solved === undefined || outcome.satisfaction === undefined))
    return refuse('follow_up_incomplete');
  if (outcome.final && state.reopenCount === 0) return refuse('not_reopened_yet');
  const unhappy = outcome.reached && (outcome.solved === false || outcome.satisfaction === 'dissatisfied');
  const reopen = unhappy && !outcome.final;
  const finished = {
    ...state.round,
    followedUpAt: now,
    followUpChannel: outcome.channel,
    reached: outcome.reached,
    solved: outcome.reached ? (outcome.solved ?? null) : null,
    satisfaction: outcome.reached ? (outcome.satisfaction ?? null) : null,
    followUpNote: outcome.note,
    reopened: reopen,
  };
  const data = {
    channel: outcome.channel,
    reached: outcome.reached,
    solved: finished.solved,
    satisfaction: finished.satisfaction,
    final: outcome.final ?? false,
  };
  if (!reopen) {
    const closing = !outcome.reached ? 'unreachable' : finished.solved ? 'solved' : 'unsolved';
    return accepted(
      state,
      context,
      { status: 'closed', closedAt: now, outcome: closing, round: finished },
      { note: outcome.note, data, fileIds },
    );
  }
  const next: RoundState = {
    round: state.round.round + 1,
    kind: 'rehandle',
    urgency: state.urgency,
    unitId: state.unitId,
    officerId: state.officerId,
    startedAt: now,
    firstContactDueAt: now,
    dueAt: now,
    // Whoever concluded it takes it again: no second signing, the clock runs at once.
    signedAt: state.unitId ? now : null,
    firstContactAt: null,
    contactAttempts: 0,
    submittedAt: null,
    submittedBy: null,
    concludedAt: null,
    result: null,
    measures: [],
    legalBasis: null,
    followedUpAt: null,
    followUpChannel: null,
    reached: null,
    solved: null,
    satisfaction: null,
    followUpNote: null,
    reopened: false,
  };
  return accepted(
    state,
    context,
    {
      status: state.unitId ? 'handling' : 'accepted',
      reopenCount: state.reopenCount + 1,
      round: next,
      ledger: [],
      pausedAt: null,
    },
    {
      finishedRound: finished,
      note: outcome.note,
      data,
      fileIds,
      notices: state.unitId
        ? [
            {
              to: { unitId: state.unitId },
              kind: 'complaint.reopened',
              level: 'danger',
              text: '诉求人表示未解决或不满意，诉件已重办',
            },
          ]
        : [],
    },
  );
}

/** The citizen's own answer through a one-time link: the link, not a post, is the right to give it. */
export function citizenAnswer(
  state: ComplaintState,
  answer: { solved: boolean; satisfaction: Satisfaction; note: string },
  context: DecisionContext,
): DecisionResult {
  if (state.status !== 'following_up') return refuse('wrong_status');
  return followUp(state, { action: 'follow_up', channel: 'link', reached: true, ...answer }, context);
}
