import { type Logger, pino } from 'pino';
import { loadWorkingTime } from './platform/calendar/index.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { type Keyring, loadKeyring } from './platform/crypto/index.ts';
import { openDatabase } from './platform/db/index.ts';
import type { Deps } from './platform/deps.ts';
import { createFileStore } from './platform/files/index.ts';
import { createJobs } from './platform/jobs/index.ts';
import { createLive } from './platform/live/index.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './setup/demo/organisation.ts';
import { demoClock } from './setup/demo/world.ts';

/** Builds what every module needs, on a migrated database. */
export async function createDeps(
  config: Config,
  databaseUrl: string,
  given: { clock?: Clock; log?: Logger; keyring?: Keyring } = {},
): Promise<Deps> {
  const log =
    given.log ?? pino({ level: config.logLevel, redact: ['req.headers.cookie', 'req.headers.authorization'] });
  const db = openDatabase(databaseUrl, config.schema, { poolSize: config.poolSize });
  const keyring = given.keyring ?? (await loadKeyring(config.dataDir));
  const demo = config.demo ? await demoClock(db) : null;
  const clock = given.clock ?? demo ?? systemClock;
  const workingTime = await loadWorkingTime(db, clock);
  return {
    config,
    db,
    clock,
    wallClock: given.clock ?? systemClock,
    log,
    demoSignIn: demo
      ? { password: DEMO_PASSWORD, accounts: DEMO_ACCOUNTS.map(({ username, label }) => ({ username, label })) }
      : null,
    keyring,
    workingTime,
    files: createFileStore({ db, dataDir: config.dataDir, keyring }),
    jobs: createJobs({ databaseUrl, schema: config.schema, log }),
    live: createLive({ db, log }),
  };
}
