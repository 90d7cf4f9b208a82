import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../apps/server/src/platform/embedded-postgres/index.ts';

/** Runs `work` with a PostgreSQL of its own that is gone afterwards. @param work receives the superuser's connection string */
export async function withTemporaryPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bihuan-tool-'));
  chmodSync(dataDir, 0o711);
  try {
    const database = await startEmbedded({
      dataDir,
      log: () => undefined,
      sharedBuffers: '128MB',
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    });
    try {
      return await work(database.url);
    } finally {
      await database.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
