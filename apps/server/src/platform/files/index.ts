export { blobPaths, createFileStore, openBlob } from './store.repo.ts';
