export { type EmbeddedOptions, type EmbeddedPostgres, type PostmasterExit, startEmbedded } from './supervisor.ts';
