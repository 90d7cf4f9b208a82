import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../apps/server/src/platform/embedded-postgres/index.ts';
import { findPostmaster, stopPostmaster } from '../apps/server/src/platform/embedded-postgres/postmaster.ts';
import { isRunning } from '../apps/server/src/platform/embedded-postgres/processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's connection string of the PostgreSQL that belongs to this test run. */
    postgresUrl: string;
    /** A folder for what belongs to this run; removed after it. */
    scratch: string;
  }
}

const PREFIX = 'bihuan-test-';

/** vitest's global set-up: one PostgreSQL for the run, in a temporary folder, without the cost of durability. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepKilledRuns();
  const dataDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(dataDir, 0o711);
  const database = await startEmbedded({
    dataDir,
    log: () => undefined,
    sharedBuffers: '256MB',
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  project.provide('postgresUrl', database.url);
  project.provide('scratch', dataDir);
  return async () => {
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** A run killed outright leaves a server and a folder behind; the next run removes both. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || isRunning(pid)) continue;
    const dataDir = join(tmpdir(), name);
    try {
      const cluster = join(dataDir, 'pg');
      const left = existsSync(cluster) ? findPostmaster(realpathSync(cluster)) : undefined;
      if (left) await stopPostmaster(left.pid);
      rmSync(dataDir, { recursive: true, force: true });
    } catch {
      // Another user's folder: not ours to remove.
    }
  }
}
