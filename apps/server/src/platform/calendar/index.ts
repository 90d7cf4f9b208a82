export { loadWorkingTime, type WorkingTime } from './calendar.query.ts';
