import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startMark } from './processes.ts';

let taken = 0;

/** One process's claim on the data folder. The last one to leave stops the database. */
export interface Claim {
  /** Whether another living claim exists, of this process or another one. */
  othersLive(): boolean;
  release(): void;
}

/**
 * Registers the calling process as a user of the database in `dataDir`. A claim is a file named after the process;
 * claims of processes that died without releasing are swept away whenever somebody looks.
 */
export function claim(dataDir: string): Claim {
  const folder = join(dataDir, 'pg-users');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  taken += 1;
  const own = `${process.pid}-${taken}`;
  writeFileSync(join(folder, own), startMark(process.pid), { mode: 0o600 });
  return {
    othersLive: () => readdirSync(folder).some((name) => name !== own && livesOrIsSwept(folder, name)),
    release: () => rmSync(join(folder, own), { force: true }),
  };
}

function livesOrIsSwept(folder: string, name: string): boolean {
  const pid = Number(name.split('-')[0]);
  try {
    const mark = readMark(join(folder, name));
    // An empty mark is a claim just being written, or a system without marks: trust the process id alone.
    if (isRunning(pid) && (mark === '' || mark === startMark(pid))) return true;
    rmSync(join(folder, name), { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return false;
}

function readMark(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Written by root, while we are not: its process id has to do.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return '';
    throw error;
  }
}
