import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fchownSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, locateBinaries } from './binaries.ts';
import { prepareCluster, SUPERUSER, superuserPassword } from './cluster.ts';
import { answers, checkChineseSearch } from './connection.ts';
import { type Identity, isRoot, serverIdentity } from './os-user.ts';
import { choosePort, rememberPort } from './port.ts';
import { clearRemains, findPostmaster, type Postmaster, signal, stopPostmaster } from './postmaster.ts';
import { isRunning } from './processes.ts';
import { type Claim, claim } from './users.ts';

export interface EmbeddedOptions {
  /** Folder for everything the database keeps: `pg/`, `pg-password`, `pg-port`, `pg.log`, `pg-users/`. */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1; `auto` (default) takes the one used last, or a free one. */
  readonly port?: number | 'auto';
  /** Receives one line of Chinese text an event. */
  readonly log: (message: string) => void;
  /** PostgreSQL size such as `1GB`; by default an eighth of the memory, 128 MB to 1 GB. */
  readonly sharedBuffers?: string;
  /** More server settings, e.g. `{ fsync: 'off' }` for tests. They win over the built-in ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Stop the database and end the process on SIGTERM, SIGINT and SIGHUP (default). A program with its own orderly
   * shutdown passes `false` and calls `stop()` last.
   */
  readonly stopOnSignals?: boolean;
}

/** The database server ended though nobody here asked for it. */
export interface PostmasterExit {
  /** Exit code and signal; both null when another process had started the server. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Settles when the server is up again at the same URL; never settles when `stop()` comes first. */
  readonly restarted: Promise<void>;
}

export interface EmbeddedPostgres {
  /** Superuser's connection string to the maintenance database `postgres`; the same for the object's whole life. */
  readonly url: string;
  /** Whether this process started the server, rather than joining one that another process runs on this folder. */
  readonly startedHere: boolean;
  /** Leaves the database; the last process to leave stops it (fast shutdown). May be called twice. */
  stop(): Promise<void>;
  /** Called each time the server ends unexpectedly; it is restarted by itself, with growing pauses. */
  onExit(listener: (exit: PostmasterExit) => void): void;
}

const LONGEST_PAUSE = 30_000;
const START_ATTEMPTS = 6;
const LOG_LIMIT = 10 * 1024 * 1024;
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Starts the PostgreSQL that comes with the program on `dataDir`, or joins the one that another living process of ours
 * already runs there. A server left behind by a killed process is stopped and started afresh.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const claimed = claimFolder(dataDir);
  try {
    const who = serverIdentity(join(dataDir, 'pg'));
    const binaries = await locateBinaries(who, options.log);
    const password = superuserPassword(dataDir);
    const cluster = await prepareCluster(dataDir, binaries, who, password, options.log);
    const supervisor = new Supervisor({ ...options, dataDir }, claimed, binaries, who, password, cluster);
    await supervisor.start();
    return supervisor;
  } catch (error) {
    claimed.release();
    throw error;
  }
}

function claimFolder(dataDir: string): Claim {
  try {
    // The database's own user has to pass through the folder, but need not read it.
    mkdirSync(dataDir, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    return claim(dataDir);
  } catch (cause) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw new Error(
      `当前用户不能写入数据文件夹 ${dataDir}。请用上次启动程序的那个用户运行，或用 BIHUAN_DATA 另指一个文件夹。`,
      { cause },
    );
  }
}

interface Running extends Postmaster {
  /** Present when the server is a child of this process. */
  readonly child?: ChildProcess;
}

class Supervisor implements EmbeddedPostgres {
  readonly #options: EmbeddedOptions;
  readonly #claim: Claim;
  readonly #binaries: Binaries;
  readonly #who: Identity | undefined;
  readonly #password: string;
  readonly #cluster: string;
  readonly #listeners: ((exit: PostmasterExit) => void)[] = [];
  #running: Running | undefined;
  #port = 0;
  #startedHere = false;
  #stopping: Promise<void> | undefined;
  #restarting: Promise<void> | undefined;
  #pause = 0;

  constructor(
    options: EmbeddedOptions,
    claimed: Claim,
    binaries: Binaries,
    who: Identity | undefined,
    password: string,
    cluster: string,
  ) {
    this.#options = options;
    this.#claim = claimed;
    this.#binaries = binaries;
    this.#who = who;
    this.#password = password;
    this.#cluster = cluster;
  }

  get url(): string {
    return this.#urlAt(this.#port);
  }

  get startedHere(): boolean {
    return this.#startedHere;
  }

  onExit(listener: (exit: PostmasterExit) => void): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    const running = await this.#bringUp(() => choosePort(this.#options.dataDir, this.#options.port ?? 'auto'));
    this.#port = running.port;
    this.#startedHere = running.child !== undefined;
    if (this.#startedHere) rememberPort(this.#options.dataDir, this.#port);
    try {
      if (this.#startedHere) await checkChineseSearch(this.url);
    } catch (error) {
      await stopPostmaster(running.pid);
      throw error;
    }
    this.#watch(running);
    process.on('exit', this.#onProcessExit);
    if (this.#options.stopOnSignals ?? true) for (const name of signalNames()) process.on(name, this.#onSignal);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    // #stopping is only set after this function first waits; a restart under way must see it before going on.
    await Promise.resolve();
    await this.#restarting;
    process.off('exit', this.#onProcessExit);
    for (const name of signalNames()) process.off(name, this.#onSignal);
    this.#claim.release();
    // No wait between this look and the signal that stopPostmaster sends at once: whoever claims later finds the
    // server shutting down and starts it again.
    if (this.#running && !this.#claim.othersLive()) await stopPostmaster(this.#running.pid);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    void this.stop().finally(() => process.exit(128 + SIGNALS[name as keyof typeof SIGNALS]));
  };

  // For a process that ends without stop(): the server finishes its shutdown by itself.
  readonly #onProcessExit = (): void => {
    this.#claim.release();
    if (this.#running && !this.#claim.othersLive()) signal(this.#running.pid, 'SIGINT');
  };

  /** A server that accepts connections: joined, or started, as often as it takes. */
  async #bringUp(port: () => Promise<number>): Promise<Running> {
    for (let attempt = 1; ; attempt += 1) {
      const found = findPostmaster(this.#cluster);
      if (found && this.#claim.othersLive()) {
        if (await this.#becomesReady(found.port, () => isRunning(found.pid))) return found;
        continue;
      }
      if (found) {
        this.#options.log('发现上次异常退出遗留的数据库进程，正在停止并重新启动');
        await stopPostmaster(found.pid);
      }
      await clearRemains(this.#cluster);
      const chosen = await port().catch((error: unknown) => {
        if (findPostmaster(this.#cluster)) return undefined;
        throw error;
      });
      // The port was taken by another process that starts this same cluster: look again.
      if (chosen === undefined) continue;
      const child = this.#spawn(chosen);
      const exited = once(child, 'exit');
      exited.catch(() => undefined);
      if (
        await this.#becomesReady(
          chosen,
          () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
        )
      ) {
        return { pid: child.pid as number, port: chosen, child };
      }
      await exited;
      // Another process may have been faster; then there is a server to join now.
      if (findPostmaster(this.#cluster)) continue;
      if (attempt === START_ATTEMPTS) {
        throw new Error(`数据库启动失败。日志（${this.#logFile()}）最后几行：\n${this.#logTail()}`);
      }
      await sleep(100 * 2 ** attempt);
    }
  }

  #spawn(port: number): ChildProcess {
    this.#rotateLog();
    const log = openSync(this.#logFile(), 'a', 0o600);
    if (this.#who) fchownSync(log, this.#who.uid, this.#who.gid);
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      // No socket files: a lock file left in /tmp by a killed server would keep the next one from starting.
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: defaultSharedBuffers(),
      max_wal_size: '4GB',
      wal_compression: 'on',
      jit: 'off',
      // Key values in error details are people's names and phone numbers; they do not belong in a log file.
      log_error_verbosity: 'terse',
      log_line_prefix: '%m [%p] ',
      ...(this.#options.sharedBuffers ? { shared_buffers: this.#options.sharedBuffers } : {}),
      ...this.#options.settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    try {
      // Its own process group: Ctrl-C in a terminal must reach the program first, which then stops the database.
      const child = spawn(this.#binaries.postgres, ['-D', this.#cluster, ...args], {
        cwd: '/',
        detached: true,
        stdio: ['ignore', log, log],
        ...this.#who,
      });
      child.unref();
      return child;
    } finally {
      closeSync(log);
    }
  }

  async #becomesReady(port: number, alive: () => boolean): Promise<boolean> {
    let reported = performance.now();
    while (alive()) {
      if (await answers(this.#urlAt(port))) return true;
      if (performance.now() - reported > 10_000) {
        this.#options.log('数据库正在恢复，请稍候……');
        reported = performance.now();
      }
      await sleep(25);
    }
    return false;
  }

  #watch(running: Running): void {
    this.#running = running;
    const since = performance.now();
    const ended = (code: number | null, name: NodeJS.Signals | null): void => {
      this.#running = undefined;
      if (this.#stopping) return;
      if (performance.now() - since > LONGEST_PAUSE) this.#pause = 0;
      this.#restarting = this.#restart(code, name);
    };
    if (running.child) {
      running.child.once('exit', ended);
      if (running.child.exitCode !== null || running.child.signalCode !== null) {
        running.child.off('exit', ended);
        ended(running.child.exitCode, running.child.signalCode);
      }
      return;
    }
    const poll = setInterval(() => {
      if (isRunning(running.pid)) return;
      clearInterval(poll);
      ended(null, null);
    }, 250);
    poll.unref();
  }

  async #restart(code: number | null, name: NodeJS.Signals | null): Promise<void> {
    this.#options.log(`数据库意外退出（${name ?? code ?? '原因不明'}），正在重新启动`);
    const restarted = Promise.withResolvers<void>();
    for (const listener of this.#listeners) listener({ code, signal: name, restarted: restarted.promise });
    while (!this.#stopping) {
      await this.#interruptiblePause();
      if (this.#stopping) return;
      try {
        const running = await this.#bringUp(async () => this.#port);
        if (running.port !== this.#port) throw new Error(`数据库换了端口：${running.port}`);
        this.#watch(running);
        this.#options.log('数据库已恢复运行');
        restarted.resolve();
        return;
      } catch (error) {
        this.#options.log(`数据库重新启动失败，稍后再试：${(error as Error).message}`);
      }
    }
  }

  async #interruptiblePause(): Promise<void> {
    const until = performance.now() + this.#pause;
    this.#pause = Math.min(Math.max(100, this.#pause * 2), LONGEST_PAUSE);
    while (performance.now() < until && !this.#stopping) await sleep(50);
  }

  #urlAt(port: number): string {
    return `postgres://${SUPERUSER}:${this.#password}@127.0.0.1:${port}/postgres`;
  }

  #logFile(): string {
    return join(this.#options.dataDir, 'pg.log');
  }

  #rotateLog(): void {
    const size = statSync(this.#logFile(), { throwIfNoEntry: false })?.size ?? 0;
    if (size > LOG_LIMIT) renameSync(this.#logFile(), `${this.#logFile()}.1`);
  }

  #logTail(): string {
    return readFileSync(this.#logFile(), 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  }
}

const signalNames = (): NodeJS.Signals[] => Object.keys(SIGNALS) as NodeJS.Signals[];

function defaultSharedBuffers(): string {
  const available = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return `${Math.round(Math.min(1024, Math.max(128, available / 8 / 1024 / 1024)))}MB`;
}
