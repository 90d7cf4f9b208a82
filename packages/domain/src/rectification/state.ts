import type { Budget, ClockInput, LedgerEntry } from '../workday/index.ts';
import type { RectificationSource, RectificationStatus } from './vocabulary.ts';

export interface PendingExtension {
  readonly workdays: number;
  readonly reason: string;
  readonly by: string;
}

export interface RectificationState {
  readonly id: string;
  readonly status: RectificationStatus;
  readonly version: number;
  readonly source: RectificationSource;
  readonly ownerUnitId: string;
  /** Who of the unit answers for it; none: the unit itself. */
  readonly ownerPersonId: string | null;
  readonly issuedBy: string;
  readonly issuedUnitId: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly workdays: number;
  readonly ledger: readonly LedgerEntry[];
  /** Counts the attempts: 1 at the beginning, one more each time it is sent back or its time extended. */
  readonly cycle: number;
  readonly cause: string | null;
  readonly measure: string | null;
  readonly result: string | null;
  /** What keeps it from coming back (长效机制); required of what came back. */
  readonly lastingRule: string | null;
  readonly isRecurrence: boolean;
  /** Whoever planned, reported or submitted: none of them checks it. */
  readonly doerIds: readonly string[];
  readonly submittedAt: number | null;
  readonly submittedBy: string | null;
  readonly verifiedBy: string | null;
  readonly sentBackCount: number;
  readonly objectedBy: string | null;
  readonly objectionDecidedBy: string | null;
  readonly appealed: boolean;
  readonly extension: PendingExtension | null;
  readonly extensionsGranted: number;
}

/** Its one clock: working days from the day it was issued, standing still while others decide. */
export function rectificationClock(
  state: Pick<RectificationState, 'issuedAt' | 'workdays' | 'ledger' | 'status' | 'submittedAt'>,
): ClockInput {
  const budget: Budget = { unit: 'workday', amount: state.workdays };
  const ended = state.status === 'closed' || state.status === 'cancelled';
  return { start: state.issuedAt, budget, ledger: state.ledger, stoppedAt: ended ? state.submittedAt : null };
}
