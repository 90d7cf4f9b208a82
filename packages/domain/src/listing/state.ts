import type { ClockInput, LedgerEntry } from '../workday/index.ts';
import type { ListingLevel, ListingSource, ListingStatus } from './vocabulary.ts';

export interface ListingState {
  readonly id: string;
  readonly status: ListingStatus;
  readonly version: number;
  readonly source: ListingSource;
  readonly level: ListingLevel;
  readonly ownerUnitId: string;
  /** The bureau leader who answers for it (包案督办领导). */
  readonly leaderId: string;
  readonly proposedBy: string;
  /** Epoch milliseconds; `null` until approved. */
  readonly listedAt: number | null;
  readonly approvedBy: string | null;
  /** Working days from the approval. */
  readonly workdays: number;
  /** A report is owed every so many working days. */
  readonly reportEvery: number;
  readonly ledger: readonly LedgerEntry[];
  /** Counts the attempts: 1 at the beginning, one more each time it is sent back or its time extended. */
  readonly cycle: number;
  /** Whoever reported or asked for delisting: none of them checks or decides. */
  readonly doerIds: readonly string[];
  readonly askedAt: number | null;
  readonly checkedBy: string | null;
  readonly sentBackCount: number;
}

type Timed = Pick<ListingState, 'listedAt' | 'workdays' | 'ledger' | 'status' | 'askedAt'>;

/** Its one clock, standing still while others decide; `null` before it is listed. */
export function listingClock(state: Timed): ClockInput | null {
  if (state.listedAt === null) return null;
  return {
    start: state.listedAt,
    budget: { unit: 'workday', amount: state.workdays },
    ledger: state.ledger,
    stoppedAt: state.status === 'delisted' ? state.askedAt : null,
  };
}
