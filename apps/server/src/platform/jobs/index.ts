export { type JobRow, type JobState, jobCounts, listJobRows, retryJobRow } from './jobs.repo.ts';
export { createJobs } from './jobs.ts';
export { jobsSchema, migrateJobs } from './migrate-jobs.ts';
