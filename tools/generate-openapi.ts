import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp } from '../apps/server/src/build-app.ts';
import { PROJECT_ROOT, readConfig } from '../apps/server/src/platform/config.ts';
import { apiDocument } from '../apps/server/src/platform/http/openapi.ts';
import { prepareDatabase } from '../apps/server/src/setup/prepare-database.ts';
import { withTemporaryPostgres } from './temporary-postgres.ts';

/** Writes docs/openapi.json from the routes of the running program. */
await withTemporaryPostgres(async (url) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bihuan-tool-'));
  try {
    const log = pino({ level: 'silent' });
    const config = { ...readConfig({}), dataDir, demo: false };
    const deps = await prepareDatabase(config, url, { say: () => {}, log });
    const app = await buildApp(deps);
    await app.ready();
    writeFileSync(join(PROJECT_ROOT, 'docs/openapi.json'), apiDocument(app));
    await app.close();
    await deps.jobs.stop();
    await deps.live.stop();
    await deps.db.close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
