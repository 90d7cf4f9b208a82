import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const onLinux = process.platform === 'linux';

/** Whether a process with this id runs; a zombie that nobody reaped counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !onLinux || statField(pid, 0) !== 'Z';
}

/** A mark that differs when the system gives the same id to a later process; empty where it cannot be told. */
export function startMark(pid: number): string {
  return onLinux ? (statField(pid, 19) ?? '') : '';
}

/** Whether `pid` is a PostgreSQL process of the cluster in `folder` (a real path). */
export function servesCluster(pid: number, folder: string): boolean {
  if (!isRunning(pid)) return false;
  // PostgreSQL makes the cluster its working directory before it writes its pid file.
  if (onLinux) return workingDirectory(pid) === folder;
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(folder);
  } catch {
    return false;
  }
}

/** Every process working in that cluster; empty where the system has no /proc. */
export function processesOfCluster(folder: string): number[] {
  if (!onLinux) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === folder && isRunning(pid));
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Field of /proc/PID/stat counted from the state, which follows the command in parentheses. */
function statField(pid: number, index: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[index];
  } catch {
    return undefined;
  }
}
