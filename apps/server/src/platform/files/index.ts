export { createFileStore } from './store.repo.ts';
