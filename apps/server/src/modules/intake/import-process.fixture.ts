import { pino } from 'pino';
import { createDeps } from '../../create-deps.ts';
import { fixedClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { keyringFrom } from '../../platform/crypto/index.ts';
import { findJob } from './jobs.repo.ts';
import { runImport } from './run-import.service.ts';

/** A process that runs one import, to be killed: `node import-process.fixture.ts URL DATA_DIR IMPORT_ID NOW`. */
const [url, dataDir, importId, now] = process.argv.slice(2) as [string, string, string, string];
const deps = await createDeps({ ...readConfig({}), dataDir, databaseUrl: url, demo: false }, url, {
  clock: fixedClock(Number(now)),
  log: pino({ level: 'silent' }),
  keyring: keyringFrom(Buffer.alloc(32, 7)),
});
process.send?.('ready');
await runImport(deps, importId);
process.send?.((await findJob(deps.db, importId))?.status ?? 'gone');
await deps.jobs.stop();
await deps.live.stop();
await deps.db.close();
process.disconnect?.();
