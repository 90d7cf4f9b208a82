export {
  allowedRectificationActions,
  decideRectification,
  EXTENSION_DAYS_AT_MOST,
  EXTENSIONS_AT_MOST,
  owes,
  RECTIFICATION_ACTIONS,
  RECTIFICATION_REFUSALS,
  type RectificationAction,
  type RectificationCommand,
  type RectificationDecision,
  type RectificationRefusal,
  type RectificationResult,
} from './decide.ts';
export { nextReminderAt, rectificationDueAt, reminderInstants } from './reminders.ts';
export { type PendingExtension, type RectificationState, rectificationClock } from './state.ts';
export {
  AGE_BANDS,
  type AgeBand,
  FILE_STAGES,
  type FileStage,
  OPEN_STATUSES,
  RECTIFICATION_SOURCES,
  RECTIFICATION_STATUSES,
  REMINDERS,
  type RectificationSource,
  type RectificationStatus,
  type Reminder,
} from './vocabulary.ts';
