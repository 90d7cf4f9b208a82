import { buildApp } from './build-app.ts';
import { createDeps } from './create-deps.ts';
import { openDataFolder } from './data-folder.ts';
import { readConfig } from './platform/config.ts';
import { prepareDatabase } from './setup/prepare-database.ts';

/** Starts everything on the configured data folder and serves until SIGTERM or SIGINT. */
export async function runServer(): Promise<void> {
  const config = readConfig();
  const folder = await openDataFolder(config);
  const deps = await prepareDatabase(config, folder.databaseUrl, createDeps);
  const app = await buildApp(deps);
  await deps.jobs.start();
  await deps.live.start();
  await app.listen({ port: config.port, host: config.host });
  const stop = async () => {
    await app.close();
    await deps.jobs.stop();
    await deps.live.stop();
    await deps.db.close();
    await folder.close();
  };
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await stopped;
  await stop();
}
