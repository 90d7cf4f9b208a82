import { mkdir } from 'node:fs/promises';
import type { Config } from './platform/config.ts';
import { startEmbedded } from './platform/embedded-postgres/index.ts';

export interface DataFolder {
  /** Connection string of the migrator, naming the database to use; the database itself may not exist yet. */
  readonly databaseUrl: string;
  /** Stops the embedded database if this is the last process that uses it. */
  close(): Promise<void>;
}

const DATABASE = 'bihuan';

/**
 * Opens the folder that holds everything the system keeps, with its database or the one named by `DATABASE_URL`.
 * @param say receives progress, one Chinese line each
 */
export async function openDataFolder(config: Config, say: (line: string) => void): Promise<DataFolder> {
  if (config.databaseUrl !== null) {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    return { databaseUrl: config.databaseUrl, close: async () => {} };
  }
  const embedded = await startEmbedded({ dataDir: config.dataDir, log: say, stopOnSignals: false });
  const url = new URL(embedded.url);
  url.pathname = `/${DATABASE}`;
  return { databaseUrl: url.href, close: () => embedded.stop() };
}
