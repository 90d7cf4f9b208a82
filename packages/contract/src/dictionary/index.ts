export * from './calendar.ts';
export * from './category.ts';
export {
  DeadlineEffect,
  RECOMPUTE_CAUSES,
  RECOMPUTE_STATES,
  RECORD_STATES,
  RecomputeView,
  SHEET_FORMATS,
} from './common.ts';
export * from './place.ts';
export * from './rule.ts';
