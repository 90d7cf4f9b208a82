import type { Budget, LedgerEntry } from '../workday/index.ts';
import type {
  FollowUpChannel,
  Kind,
  Measure,
  Outcome,
  RequestKind,
  RoundKind,
  Satisfaction,
  Status,
  Urgency,
} from './vocabulary.ts';

/** One handling of a complaint: the first, or a re-handling 重办. Instants are epoch milliseconds; `null` = has not happened. */
export interface RoundState {
  readonly round: number;
  readonly kind: RoundKind;
  readonly urgency: Urgency;
  readonly unitId: string | null;
  readonly officerId: string | null;
  readonly startedAt: number;
  readonly firstContactDueAt: number;
  readonly dueAt: number;
  readonly signedAt: number | null;
  readonly firstContactAt: number | null;
  readonly contactAttempts: number;
  readonly submittedAt: number | null;
  readonly submittedBy: string | null;
  readonly concludedAt: number | null;
  readonly result: string | null;
  readonly measures: readonly Measure[];
  readonly legalBasis: string | null;
  readonly followedUpAt: number | null;
  readonly followUpChannel: FollowUpChannel | null;
  readonly reached: boolean | null;
  readonly solved: boolean | null;
  readonly satisfaction: Satisfaction | null;
  readonly followUpNote: string | null;
  readonly reopened: boolean;
}

/** A request 申请 that waits for a decision. */
export interface PendingRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly reason: string;
  readonly workdays: number | null;
  readonly targetUnitId: string | null;
  readonly fileIds: readonly string[];
  readonly requestedBy: string;
  readonly requestedUnitId: string;
}

/** All that `decide` looks at; read under the row lock. */
export interface ComplaintState {
  readonly id: string;
  readonly version: number;
  readonly status: Status;
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly anonymous: boolean;
  readonly unitId: string | null;
  readonly townId: string | null;
  readonly categoryCode: string | null;
  readonly officerId: string | null;
  readonly jointUnitIds: readonly string[];
  readonly reopenCount: number;
  readonly receivedAt: number;
  readonly dispatchedAt: number | null;
  readonly closedAt: number | null;
  readonly outcome: Outcome | null;
  readonly excludedAt: number | null;
  readonly pausedAt: number | null;
  /** When the sweeper must look at the clock again: the next 50 %, 80 % or 100 % mark. */
  readonly nextCheckAt: number | null;
  readonly round: RoundState;
  /** Pauses, resumptions and extensions of the current round, oldest first. */
  readonly ledger: readonly LedgerEntry[];
  readonly requests: readonly PendingRequest[];
}

/** Chooses the budget in force: by purpose, kind, urgency and the instant the round began. */
export type BudgetRule = (
  purpose: 'first_contact' | 'handling',
  kind: RoundKind,
  urgency: Urgency,
  startedAt: number,
) => Budget;
