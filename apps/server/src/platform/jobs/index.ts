export {
  dropJobRow,
  findJobRow,
  type JobRow,
  type JobState,
  jobCounts,
  lastCalls,
  listJobRows,
  retryJobRow,
  taskCounts,
} from './jobs.repo.ts';
export { createJobs } from './jobs.ts';
export { jobsSchema, migrateJobs } from './migrate-jobs.ts';
