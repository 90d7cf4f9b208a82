import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, type PostmasterExit, startEmbedded } from './index.ts';
import { isRunning, processesOfCluster } from './processes.ts';

const root = mkdtempSync(join(realpathSync(tmpdir()), 'bihuan-embedded-'));
const entry = new URL('./index.ts', import.meta.url).href;
const lines: string[] = [];
const opened: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

/** One folder for the tests that do not need a fresh cluster: creating one takes a second. */
const shared = join(root, '数据 目录');

const pgPid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function start(dataDir: string, port: number | 'auto' = 'auto'): Promise<EmbeddedPostgres> {
  const database = await startEmbedded({
    dataDir,
    port,
    log: (line) => lines.push(line),
    sharedBuffers: '16MB',
    stopOnSignals: false,
  });
  opened.push(database);
  return database;
}

async function query<T>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0] as T | undefined;
  } finally {
    await client.end();
  }
}

/** Another process of ours on the same folder; resolves with the URL it prints once it is up. */
async function startInOtherProcess(dataDir: string, extra = ''): Promise<{ child: ChildProcess; url: string }> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(entry)};
    const database = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, log() {}, sharedBuffers: '16MB' });
    console.log(database.url);
    setInterval(() => {}, 1000);
    ${extra}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, url: chunk.toString().trim() };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i += 1) await sleep(20);
  expect(condition()).toBe(true);
}

beforeAll(async () => {
  chmodSync(root, 0o711);
  await (await start(shared)).stop();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGTERM');
  for (const database of opened.splice(0)) await database.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('embedded PostgreSQL', () => {
  it('starts below a folder with spaces and Chinese, with Chinese trigram search and pinyin order', async () => {
    const database = await start(shared);
    await query(database.url, 'CREATE EXTENSION IF NOT EXISTS pg_trgm');
    expect(await query<number>(database.url, "SELECT cardinality(show_trgm('电梯故障'))")).toBeGreaterThan(0);
    expect(
      await query(
        database.url,
        "SELECT string_agg(x, '' ORDER BY x) FROM unnest(string_to_array('张,赵,王,李,阿,陈', ',')) x",
      ),
    ).toBe('阿陈李王张赵');
    expect(await query(database.url, 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await query(database.url, 'SHOW unix_socket_directories')).toBe('');
    expect(await query(database.url, 'SHOW jit')).toBe('off');
  });

  it('refuses a connection without the password', async () => {
    const database = await start(shared);
    const url = new URL(database.url);
    url.password = 'guess';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('stops the server when it is left, and keeps port, password and rows for the next start', async () => {
    const first = await start(shared);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const pid = pgPid(shared);
    await first.stop();
    expect(isRunning(pid)).toBe(false);
    const second = await start(shared);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toBe(42);
  });

  it('takes another port when the last one is occupied, and says so in plain words when a port is demanded', async () => {
    const first = await start(shared);
    const port = Number(new URL(first.url).port);
    await first.stop();
    const squatter = (await import('node:net')).createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      await expect(start(shared, port)).rejects.toThrow(`端口 ${port} 已被其他程序占用`);
      const second = await start(shared);
      expect(new URL(second.url).port).not.toBe(String(port));
    } finally {
      squatter.close();
    }
  });

  it('restarts a server that was killed, at the same address and with its rows, and reports it', async () => {
    const database = await start(shared);
    await query(database.url, 'CREATE TABLE survives AS SELECT 7 AS n');
    const exits: PostmasterExit[] = [];
    database.onExit((exit) => exits.push(exit));
    for (let round = 1; round <= 2; round += 1) {
      process.kill(pgPid(shared), 'SIGKILL');
      await until(() => exits.length === round);
      expect(exits.at(-1)).toMatchObject({ code: null, signal: 'SIGKILL' });
      await exits.at(-1)?.restarted;
      expect(await query(database.url, 'SELECT n FROM survives')).toBe(7);
    }
  });

  it('does not restart a server it has been told to stop while the restart was under way', async () => {
    const database = await start(shared);
    const pid = pgPid(shared);
    const exited = new Promise((resolve) => database.onExit(resolve));
    process.kill(pid, 'SIGKILL');
    await exited;
    await database.stop();
    await sleep(300);
    expect(isRunning(pid)).toBe(false);
    expect(processesOfCluster(realpathSync(join(shared, 'pg')))).toEqual([]);
  });

  it('replaces the server left behind by a killed process, keeping its rows', async () => {
    const { child, url } = await startInOtherProcess(shared);
    await query(url, 'CREATE TABLE orphaned AS SELECT 5 AS n');
    const orphan = pgPid(shared);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(orphan)).toBe(true);
    const database = await start(shared);
    expect(isRunning(orphan)).toBe(false);
    expect(await query(database.url, 'SELECT n FROM orphaned')).toBe(5);
  });

  it('joins the server another living process runs, and leaves it running', async () => {
    const { child, url } = await startInOtherProcess(shared);
    const pid = pgPid(shared);
    const joined = await start(shared);
    expect(joined.url).toBe(url);
    expect(joined.startedHere).toBe(false);
    await joined.stop();
    expect(isRunning(pid)).toBe(true);
    expect(await query(url, 'SELECT 1')).toBe(1);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(143);
    expect(isRunning(pid)).toBe(false);
  });

  it('keeps the server for those who joined when its starter leaves, and the last one out stops it', async () => {
    const starter = await start(shared);
    const pid = pgPid(shared);
    const { child, url } = await startInOtherProcess(shared);
    await starter.stop();
    expect(await query(url, 'SELECT 1')).toBe(1);
    expect(pgPid(shared)).toBe(pid);
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(isRunning(pid)).toBe(false);
  });

  it('restarts a killed server also when only one who joined is left', async () => {
    const starter = await start(shared);
    const { child, url } = await startInOtherProcess(shared);
    await starter.stop();
    const before = pgPid(shared);
    process.kill(before, 'SIGKILL');
    await until(() => existsSync(join(shared, 'pg', 'postmaster.pid')) && pgPid(shared) !== before);
    let answer: unknown;
    for (let i = 0; i < 100 && answer !== 1; i += 1) answer = await query(url, 'SELECT 1').catch(() => sleep(50));
    expect(answer).toBe(1);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  it('lets two processes start at the same moment: one server, both use it', async () => {
    const [here, there] = await Promise.all([start(shared), startInOtherProcess(shared)]);
    expect(there.url).toBe(here.url);
    expect(await query(here.url, 'SELECT 1')).toBe(1);
  });

  it('stops the server when the process ends without leaving', async () => {
    const { child } = await startInOtherProcess(shared, 'process.exit(3);');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(3);
    await until(() => !existsSync(join(shared, 'pg', 'postmaster.pid')));
  });

  it.each([
    ['a process that is gone', 4_194_303],
    ['another living program', process.pid],
  ])('starts over a stale pid file that names %s', async (_what, pid) => {
    const folder = realpathSync(join(shared, 'pg'));
    writeFileSync(join(folder, 'postmaster.pid'), `${pid}\n${folder}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`);
    const database = await start(shared);
    expect(await query(database.url, 'SELECT 1')).toBe(1);
  });

  it('ignores the claim of a dead process and of one whose id was given to another program', async () => {
    const database = await start(shared);
    writeFileSync(join(shared, 'pg-users', '4194303-1'), '1');
    writeFileSync(join(shared, 'pg-users', `${process.ppid}-1`), 'another start');
    const pid = pgPid(shared);
    await database.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('works for root when nobody else can enter the data folder', async () => {
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const dataDir = join(closed, 'data');
    const database = await start(dataDir);
    expect(await query(database.url, 'SELECT 1')).toBe(1);
    const real = realpathSync(join(dataDir, 'pg'));
    await database.stop();
    expect(real.startsWith(closed)).toBe(false);
    expect(await query((await start(dataDir)).url, 'SELECT 1')).toBe(1);
    await opened.at(-1)?.stop();
    rmSync(real, { recursive: true });
  });
});
