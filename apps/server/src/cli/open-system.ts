import { pino } from 'pino';
import { openDataFolder } from '../data-folder.ts';
import { type Config, readConfig } from '../platform/config.ts';
import type { Deps } from '../platform/deps.ts';
import { prepareDatabase } from '../setup/prepare-database.ts';
import { say } from './output.ts';

export interface OpenSystem {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly deps: Deps;
}

/** Opens the data folder, joining a server that runs on it, and closes it when the work is done. */
export async function withDataFolder<T>(work: (config: Config, databaseUrl: string) => Promise<T>): Promise<T> {
  const config = readConfig();
  const folder = await openDataFolder(config, say);
  const interrupted = (): void => {
    void folder.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await work(config, folder.databaseUrl);
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await folder.close();
  }
}

/**
 * The whole system, database up to date.
 * @param demo whether an empty system gets its demo data first, as it would when the server starts
 */
export function withSystem<T>(work: (system: OpenSystem) => Promise<T>, demo = false): Promise<T> {
  return withDataFolder(async (config, databaseUrl) => {
    const log = pino({ level: 'warn' }, pino.destination(2));
    const deps = await prepareDatabase({ ...config, demo: config.demo && demo }, databaseUrl, { say, log });
    try {
      return await work({ config, databaseUrl, deps });
    } finally {
      await deps.jobs.stop();
      await deps.live.stop();
      await deps.db.close();
    }
  });
}
