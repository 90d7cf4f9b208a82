import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, processesOfCluster, servesCluster } from './processes.ts';

/** A running PostgreSQL server process of one cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');

/** The living server of this cluster, read from its pid file (line 1: process id, line 4: port). */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const lines = readPidFile(cluster)?.split('\n');
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  return pid > 0 && port > 0 && servesCluster(pid, cluster) ? { pid, port } : undefined;
}

/**
 * Takes away what a killed server left: its backends, which outlive it while a query runs, and its pid file.
 * PostgreSQL ignores a pid file that names a dead process, but refuses to start when the id now belongs to another
 * program of the same user, or to a zombie.
 */
export async function clearRemains(cluster: string): Promise<void> {
  const stale = readPidFile(cluster);
  if (stale === undefined || servesCluster(Number(stale.split('\n')[0]), cluster)) return;
  for (const pid of processesOfCluster(cluster)) {
    signal(pid, 'SIGKILL');
    await gone(pid, 5_000);
  }
  if (readPidFile(cluster) === stale) rmSync(pidFile(cluster), { force: true });
}

/** Asks for a fast shutdown (running transactions are rolled back) and waits; after a minute, an immediate one. */
export async function stopPostmaster(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await gone(pid, 60_000)) return;
  signal(pid, 'SIGQUIT');
  if (!(await gone(pid, 10_000))) throw new Error(`数据库进程 ${pid} 停不下来，请检查磁盘是否正常。`);
}

/** Sends a signal to a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isRunning(pid)) {
    if (performance.now() > until) return false;
    await sleep(10);
  }
  return true;
}

function readPidFile(cluster: string): string | undefined {
  try {
    return readFileSync(pidFile(cluster), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
