export {
  type ListingReminderDue,
  listingDueAt,
  listingReminders,
  missedReports,
  nextListingCheckAt,
  reportDueAt,
  reportPeriodAt,
} from './clock.ts';
export {
  allowedListingActions,
  decideListing,
  LISTING_ACTIONS,
  LISTING_EXTENSION_AT_MOST,
  LISTING_REFUSALS,
  type ListingAction,
  type ListingCommand,
  type ListingContext,
  type ListingDecision,
  type ListingRefusal,
  type ListingResult,
} from './decide.ts';
export { type ListingState, listingClock } from './state.ts';
export {
  ENTRY_KINDS,
  type EntryKind,
  LISTED_STATUSES,
  LISTING_FILE_STAGES,
  LISTING_LEVELS,
  LISTING_REMINDERS,
  LISTING_SOURCES,
  LISTING_STATUSES,
  type ListingFileStage,
  type ListingLevel,
  type ListingReminder,
  type ListingSource,
  type ListingStatus,
} from './vocabulary.ts';
