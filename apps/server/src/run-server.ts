import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { destination, type Logger, pino } from 'pino';
import { buildApp } from './build-app.ts';
import { openDataFolder } from './data-folder.ts';
import { type Config, ConfigError, readConfig } from './platform/config.ts';
import { MigrationError } from './platform/db/index.ts';
import { prepareDatabase } from './setup/prepare-database.ts';

/** Exit codes: 0 stopped on request, 1 failure, 2 a setting is wrong, 3 the port is taken. */
const EXIT = { stopped: 0, failure: 1, config: 2, port: 3 } as const;
/** Open requests get so long to finish when the server stops. */
const DRAIN_LIMIT = 10_000;

class PortTaken extends Error {}

const say = (line: string): void => console.log(line);

/** Starts everything on the configured data folder and serves until SIGTERM or SIGINT. */
export async function runServer(): Promise<void> {
  const closers: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= closeAll(closers);
    return stopping;
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Asked a second time: do not wait any longer.
      if (stopping) process.exit(EXIT.failure);
      say('正在停止…');
      void stop().finally(() => process.exit(EXIT.stopped));
    });
  }
  try {
    await start(closers);
  } catch (error) {
    // A start-up interrupted on purpose fails in whatever it was doing.
    if (stopping) return;
    console.error(explain(error));
    await stop();
    process.exit(exitCode(error));
  }
}

async function start(closers: (() => Promise<unknown>)[]): Promise<void> {
  const config = readConfig();
  await refuseTakenPort(config);
  say(`闭环正在启动，数据文件夹：${config.dataDir}`);
  const folder = await openDataFolder(config, say);
  closers.push(() => folder.close());
  const log = openLog(config);
  const deps = await prepareDatabase(config, folder.databaseUrl, { say, log });
  closers.push(() => deps.db.close());
  const app = await buildApp(deps);
  closers.push(() => deps.jobs.stop());
  closers.push(() => deps.live.stop());
  await deps.live.start();
  await deps.jobs.start();
  closers.push(async () => {
    const closing = app.close();
    await Promise.race([closing, sleep(DRAIN_LIMIT, undefined, { ref: false })]);
    app.server.closeAllConnections();
    await closing;
  });
  const address = await app.listen({ port: config.port, host: config.host });
  await welcome(config, address);
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers.reverse()) {
    await close().catch((error: unknown) => console.error(explain(error)));
  }
}

/** At a terminal the log goes to a file, so that the address stays in view; otherwise whoever started us collects it. */
function openLog(config: Config): Logger {
  const options = { level: config.logLevel, redact: ['req.headers.cookie', 'req.headers.authorization'] };
  if (!process.stdout.isTTY) return pino(options);
  const file = join(config.dataDir, 'server.log');
  say(`运行日志：${file}`);
  return pino(options, destination({ dest: file, mkdir: true, mode: 0o600, sync: true }));
}

/** Known before minutes are spent on anything else. */
async function refuseTakenPort({ port, host }: Config): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, host, () => probe.close(() => resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new PortTaken(takenMessage(port)) : error;
  });
}

const takenMessage = (port: number): string =>
  `端口 ${port} 已被占用。请停掉占用它的程序，或换一个端口启动：PORT=${port + 1} npm start`;

async function welcome(config: Config, address: string): Promise<void> {
  say(`\n闭环已启动：${config.port === 0 ? address : config.publicUrl}`);
  if (config.demo) {
    const { DEMO_ACCOUNTS, DEMO_PASSWORD } = await import('./setup/demo/index.ts');
    say(`\n演示账号（口令均为 ${DEMO_PASSWORD}）：`);
    for (const { username, label } of DEMO_ACCOUNTS) say(`  ${username.padEnd(18)}${label}`);
    say('\n以上为演示模式；正式使用请设 BIHUAN_DEMO=off。');
  }
  say('按 Ctrl+C 停止。');
}

function explain(error: unknown): string {
  const { code, port, message, stack } = error as Error & { code?: string; port?: number };
  if (code === 'EADDRINUSE') return takenMessage(port ?? 0);
  if (code === 'EACCES' && port !== undefined) return `没有权限使用端口 ${port}，请换用 1024 以上的端口（PORT）。`;
  if (code === 'EADDRNOTAVAIL') return 'HOST 指定的地址不是本机的地址。';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return '连不上 DATABASE_URL 指定的数据库，请检查地址与数据库是否已启动。';
  if (code === '28P01' || code === '28000') return 'DATABASE_URL 的用户名或口令不对。';
  if (error instanceof ConfigError || error instanceof MigrationError || error instanceof PortTaken) return message;
  return `启动失败：${stack ?? message}`;
}

function exitCode(error: unknown): number {
  if (error instanceof ConfigError) return EXIT.config;
  const { code } = error as { code?: string };
  return error instanceof PortTaken || code === 'EADDRINUSE' ? EXIT.port : EXIT.failure;
}
