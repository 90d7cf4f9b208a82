export { loadWorkingTime, readTimeRules, type TimeRules, type WorkingTime } from './calendar.query.ts';
