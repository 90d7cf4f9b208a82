import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { buildApp } from '../apps/server/src/build-app.ts';
import { PROJECT_ROOT } from '../apps/server/src/platform/config.ts';
import { measureBulletin } from './bulletin.ts';
import { measureImport } from './import.ts';
import {
  type CandidateGrowth,
  type MatterResult,
  MOST_COMPARED,
  measureCandidates,
  measureMatters,
  prepareMatters,
} from './matter.ts';
import { load, type Measured, median } from './measure.ts';
import { measureFirstPage, type PageResult } from './page.ts';
import { type HotPath, hotPaths } from './paths.ts';
import { hasPgbench, measureLimit } from './pgbench.ts';
import { record, type Template, toTemplates } from './record.ts';
import { number, type RankingGrowth, type Row, report, type SizeResult, summaryOf, type Turn } from './report.ts';
import { measureSearch } from './search.ts';
import {
  addPending,
  benchDeps,
  PENDING,
  pendingId,
  prepareDatabase,
  prepareSubjects,
  removeTraces,
  type Subjects,
  startServer,
} from './world.ts';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100k,1m,10m' },
    data: { type: 'string', default: join(PROJECT_ROOT, '.data/bench') },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '10,50' },
    turns: { type: 'string', default: '5' },
    parts: { type: 'string', default: 'paths,bulletin,import,matters,search,growth,pages' },
    out: { type: 'string', default: join(PROJECT_ROOT, 'bench/RESULTS.md') },
  },
});
const seconds = Number(options.seconds);
const TURNS = Number(options.turns);
/** Until V8 has compiled what is hot: by then a request costs half the processor time of the first second. */
const WARM_SECONDS = 8;
const AFTERWARDS = 600;
const clientCounts = options.clients.split(',').map(Number);
const sizes = options.sizes.split(',').map((text) => {
  const match = /^(\d+)(k|m)?$/i.exec(text.trim());
  if (!match) throw new Error(`不认识的规模“${text}”，例：100k,1m,10m`);
  return Number(match[1]) * (match[2]?.toLowerCase() === 'm' ? 1_000_000 : match[2] ? 1000 : 1);
});

/** What of it is run; the rest is left out of the report. */
const parts = new Set(options.parts.split(','));

const say = (line: string): void => console.error(line);
const server = await startServer(options.data, say);
const results: SizeResult[] = [];
let growth: RankingGrowth[] = [];
let candidates: CandidateGrowth[] = [];
let pages: PageResult[] | null = null;
try {
  for (const size of sizes) results.push(await measureSize(size));
  if (parts.has('growth')) growth = await measureGrowth();
  if (parts.has('matters')) candidates = await measureCandidateGrowth();
  if (parts.has('pages')) pages = await measureFirstPage(server.url);
} finally {
  await server.stop();
}
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? '?'}，内存 ${Math.round(totalmem() / 2 ** 30)} GB，Node ${process.versions.node}，PostgreSQL ${results[0]?.postgres ?? '?'}，${hasPgbench ? 'pgbench' : '无 pgbench（用驱动循环）'}`;
await writeFile(
  options.out,
  report(results, growth, candidates, pages, { machine, seconds, turns: TURNS, warm: WARM_SECONDS }),
);
say(`已写入 ${options.out}`);

async function measureSize(size: number): Promise<SizeResult> {
  say(`── ${size.toLocaleString('en')} 件 ──`);
  let shown = 0;
  const prepared = await prepareDatabase(server, size, (done) => {
    if (done - shown >= size / 10) {
      shown = done;
      say(`   造数 ${done.toLocaleString('en')}`);
    }
  });
  const { url } = prepared;
  const subjects = await prepareSubjects(url);
  await removeTraces(url);
  const compared = size <= MOST_COMPARED ? await prepareMatters(url, say) : null;
  const facts = await factsOf(url);
  const rows: Row[] = [];
  const paths = hotPaths(subjects);
  // Reading first: the writing paths add orders to the very month that is read.
  for (const path of !parts.has('paths')
    ? []
    : [...paths.filter(({ writes }) => !writes), ...paths.filter(({ writes }) => writes)]) {
    if (path.name === 'transition') await addPending(url);
    for (const clients of clientCounts) {
      const row = await measurePath(url, path, subjects, clients, rows.filter((r) => r.path === path.name).length);
      rows.push(row);
      say(`   ${path.label} c=${clients}：${summaryOf(row)}`);
    }
  }
  const deps = await benchDeps(url);
  try {
    const bulletin = parts.has('bulletin') ? await measureBulletin(deps) : null;
    if (bulletin) say(`   月度通报：取数 ${number(bulletin.figures)} 毫秒`);
    const intake = parts.has('import') ? await measureImport(deps, options.data) : null;
    if (intake)
      say(`   导入：暂存 ${number(intake.staged)} 行/秒，COPY ${number(intake.copied)}，全程 ${number(intake.taken)}`);
    await removeTraces(url);
    let matters: MatterResult | null = null;
    if (size <= MOST_COMPARED && parts.has('matters')) {
      const clients = clientCounts[0]!;
      matters = { ...(await measureMatters(url, subjects, { clients, seconds, turns: TURNS })), prepared: compared };
      say(
        `   登记并比对 ${number(matters.withMatters)}/s，不比对 ${number(matters.without)}/s，用时 ${number(matters.times, 2)} 倍`,
      );
      await removeTraces(url);
    }
    const appServer = await start('app-server.ts', url);
    const search = parts.has('search') ? await measureSearch(deps, url, appServer.port, subjects, say) : null;
    await stop(appServer.child);
    const memory = Math.max(0, ...rows.map(({ memory }) => memory));
    return { size, rows, bulletin, intake, matters, search, memory, loadSeconds: prepared.seconds, ...facts };
  } finally {
    await deps.db.close();
    await removeTraces(url);
  }
}

/** The month's ranking at every size, the sizes taking turns. */
async function measureGrowth(): Promise<RankingGrowth[]> {
  if (sizes.length < 2) return [];
  const servers = await Promise.all(
    sizes.map(async (size) => {
      const { url } = await prepareDatabase(server, size, () => {});
      const subjects = await prepareSubjects(url);
      const path = hotPaths(subjects).find(({ name }) => name === 'ranking')!;
      return { size, subjects, path, ...(await start('app-server.ts', url)) };
    }),
  );
  const turns: number[][] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const costs: number[] = [];
    for (const { port, subjects, path } of servers) {
      const one = {
        port,
        clients: 1,
        seconds,
        cookies: subjects.cookies,
        first: 0,
        end: path.limit,
        request: path.request,
      };
      costs.push((await load(one)).p50);
    }
    // The first turn fills caches.
    if (turn > 0) turns.push(costs);
  }
  for (const { child } of servers) await stop(child);
  return sizes.map((size, index) => ({
    size,
    milliseconds: median(turns.map((costs) => costs[index]!)),
    times: median(turns.map((costs) => costs[index]! / costs[0]!)),
  }));
}

async function measureCandidateGrowth(): Promise<CandidateGrowth[]> {
  const stocks = [];
  for (const size of sizes.filter((one) => one <= MOST_COMPARED))
    stocks.push({ size, url: (await prepareDatabase(server, size, () => {})).url });
  return stocks.length < 2 ? [] : measureCandidates(stocks, TURNS);
}

/** Waiting orders are taken in ranges, so that each run has its own: the app needs them untouched. */
function rangeOf(run: number): { first: number; end: number } {
  const share = Math.floor((PENDING - 2000) / 2 / clientCounts.length);
  return { first: 1000 + run * share, end: 1000 + (run + 1) * share };
}

/**
 * The limit, the bare handler and the system take turns, several times: a machine that is slower for a while is slower
 * for all three. Shares are of one turn; the turn in the middle counts.
 */
async function measurePath(url: string, path: HotPath, subjects: Subjects, clients: number, run: number): Promise<Row> {
  const variants = await templatesOf(url, path, subjects, run);
  const existing = path.name === 'transition';
  const { first, end } = existing ? rangeOf(run) : { first: 0, end: path.limit };
  // The limit and the bare handler overwrite the same rows again and again; the app gets rows nobody has touched.
  const used = { from: Math.floor(PENDING / 2) + 1000, to: PENDING };
  const bareChild = await start('bare-server.ts', url);
  bareChild.child.send({
    variants,
    first: existing ? used.from : 2_000_000_000 + Math.floor(Math.random() * 1e12),
    prefix: `${path.name}.`,
  });
  await once(bareChild.child, 'message');
  const appChild = await start('app-server.ts', url);
  let next = first;
  const ofApp = async (forSeconds: number): Promise<Measured> => {
    const measured = await load({
      port: appChild.port,
      clients,
      seconds: forSeconds,
      cookies: subjects.cookies,
      first: next,
      end,
      request: path.request,
    });
    next = measured.next;
    return measured;
  };
  const ofBare = (forSeconds: number): Promise<Measured> =>
    load({
      port: bareChild.port,
      clients,
      seconds: forSeconds,
      cookies: ['x=1'],
      first: 0,
      end: Number.POSITIVE_INFINITY,
      request: () => ({
        method: path.request(0).method,
        path: '/',
        ...(path.request(0).method === 'POST' ? { body: path.request(0).body } : {}),
      }),
    });
  await ofBare(WARM_SECONDS);
  await ofApp(WARM_SECONDS);
  const turns: Turn[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const limit = await measureLimit({ url, variants, clients, seconds, orders: existing ? used : null });
    turns.push({ limit, bare: await ofBare(seconds), app: await ofApp(seconds) });
  }
  appChild.child.send('memory');
  const [{ peak }] = (await once(appChild.child, 'message')) as [{ peak: number }];
  await stop(appChild.child);
  await stop(bareChild.child);
  return {
    path: path.name,
    label: path.label,
    promise: path.promise,
    clients,
    turns,
    limitBy: hasPgbench ? 'pgbench' : '驱动循环',
    memory: peak,
  };
}

async function templatesOf(url: string, path: HotPath, subjects: Subjects, run: number): Promise<Template[][]> {
  const deps = await benchDeps(url);
  const app = await buildApp(deps);
  try {
    await app.ready();
    const variants: Template[][] = [];
    // What comes after an answer (comparing with earlier orders) is no part of the request.
    const afterwards = () => sleep(AFTERWARDS);
    for (let n = 0; n < path.variants; n++) {
      const request = path.request(path.name === 'transition' ? run : n);
      // The first call of a process reads dictionaries and settings that later calls have in memory.
      if (path.name !== 'transition') await record(app, path.request(n), subjects.cookies[1]!);
      else await record(app, path.request(run + 100), subjects.cookies[1]!);
      await afterwards();
      const statements = await record(app, request, subjects.cookies[0]!);
      await afterwards();
      const body = request.body as { commandId?: string } | undefined;
      variants.push(
        toTemplates(statements, path.name === 'transition' ? pendingId(run + 1) : null, body?.commandId ?? null),
      );
    }
    return variants;
  } finally {
    await app.close();
    await deps.db.close();
  }
}

async function start(file: string, url: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, file), [url], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.send('stop');
  await ended;
}

async function factsOf(url: string): Promise<{ postgres: string; databaseMegabytes: number; monthOrders: number }> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ v: string; mb: number; n: number }>(
      "select current_setting('server_version') as v, (pg_database_size(current_database()) / 1048576)::int as mb, (select count(*)::int from bihuan.handling_round where started_at >= '2023-06-01 00:00+08' and started_at < '2023-07-01 00:00+08') as n",
    );
    const { v, mb, n } = rows[0]!;
    return { postgres: v, databaseMegabytes: mb, monthOrders: n };
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
