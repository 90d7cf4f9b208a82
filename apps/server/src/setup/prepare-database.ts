import pg from 'pg';
import type { Logger } from 'pino';
import { createDeps } from '../create-deps.ts';
import type { Config } from '../platform/config.ts';
import { migrate, openDatabase, type Sql } from '../platform/db/index.ts';
import type { Deps } from '../platform/deps.ts';
import { migrateJobs } from '../platform/jobs/index.ts';
import { installBaseData } from './base-data.ts';

/** Makes the database ready, whatever state it is in: none, empty, older version, or as it should be. Safe to repeat. */
export async function prepareDatabase(
  config: Config,
  databaseUrl: string,
  { say, log }: { say: (line: string) => void; log?: Logger },
): Promise<Deps> {
  if (await ensureDatabase(databaseUrl)) say('已新建数据库');
  const applied = await migrate(databaseUrl, config.schema);
  if (applied.length > 0) say(`数据库结构已更新（${applied.length} 项）`);
  await migrateJobs(databaseUrl, config.schema);
  const db = openDatabase(databaseUrl, config.schema, { poolSize: 1, applicationName: 'bihuan setup' });
  try {
    await installBaseData(db);
  } finally {
    await db.close();
  }
  // The calendar that the dependencies load is base data.
  const deps = await createDeps(config, databaseUrl, log ? { log } : {});
  try {
    if (!config.demo || !(await wantsDemo(deps.db))) return deps;
    await installDemo(deps, say);
  } catch (error) {
    await deps.db.close();
    throw error;
  }
  // Opened again: the demo keeps a time of its own.
  await deps.db.close();
  return createDeps(config, databaseUrl, log ? { log } : {});
}

/** Creates the database named in the URL if the server has none of that name. @returns whether it did */
export async function ensureDatabase(databaseUrl: string): Promise<boolean> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
  url.pathname = '/postgres';
  const server = new pg.Client({ connectionString: url.href });
  await server.connect();
  try {
    await server.query(`create database ${pg.escapeIdentifier(name)}`);
    return true;
  } catch (error) {
    // Another process was faster.
    if ((error as { code?: string }).code === '42P04') return false;
    throw error;
  } finally {
    await server.end();
  }
}

/** An empty system, or one whose demo was cut short; never one that a bureau has begun to use. */
async function wantsDemo(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ wants: boolean }>(
    null,
    `select not exists (select 1 from unit)
         or exists (select 1 from setting where key = 'demo.loaded')
        and not exists (select 1 from setting where key = 'demo.clock') as wants`,
  );
  return row!.wants;
}

async function installDemo(deps: Deps, say: (line: string) => void): Promise<void> {
  // Thousands of lines that a bureau's own system never needs.
  const {
    DEMO_OPENS,
    furnishCategories,
    furnishAppraisals,
    furnishInspections,
    furnishJointWork,
    furnishListings,
    furnishMatters,
    furnishRectifications,
    furnishVisits,
    furnishWeeks,
    loadDemo,
    publishDemoBulletins,
    startDemoClock,
  } = await import('./demo/index.ts');
  say('首次启动，正在生成演示数据，约需一分钟…');
  let shown = 0;
  const { orders } = await loadDemo(deps, {
    now: new Date(DEMO_OPENS),
    onProgress(done, total) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth <= shown) return;
      shown = tenth;
      say(`演示数据 ${tenth * 10}%（${done} / ${total} 件）`);
    },
  });
  await publishDemoBulletins(deps);
  say('正在识别重复诉件…');
  await furnishMatters(deps);
  await furnishWeeks(deps);
  await furnishRectifications(deps);
  await furnishInspections(deps);
  await furnishListings(deps);
  await furnishVisits(deps);
  await furnishJointWork(deps);
  await furnishAppraisals(deps);
  say('正在学习诉件类别…');
  await furnishCategories(deps);
  await startDemoClock(deps.db);
  say(`演示数据已就绪：${orders} 件诉件`);
}
