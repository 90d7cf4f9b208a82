export { createJobs } from './jobs.ts';
export { jobsSchema, migrateJobs } from './migrate-jobs.ts';
