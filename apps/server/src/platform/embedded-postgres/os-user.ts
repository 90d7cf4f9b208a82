import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Numeric user and group a process runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Who PostgreSQL has to run as. PostgreSQL refuses to run as root, so root hands it to the owner of an existing
 * cluster, or to the system user `postgres`, which is made when missing. `undefined`: as whoever we are.
 */
export function serverIdentity(existingCluster: string): Identity | undefined {
  if (!isRoot()) return undefined;
  if (existsSync(existingCluster)) {
    const { uid, gid } = statSync(existingCluster);
    if (uid !== 0) return { uid, gid };
  }
  return systemUser('postgres');
}

/** Whether that user can reach `path` through all of its folders (permission bits only; access lists are not read). */
export function canReach(path: string, who: Identity): boolean {
  let folder = nearestExisting(path);
  for (;;) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    const parent = dirname(folder);
    if (parent === folder) return true;
    folder = parent;
  }
}

function nearestExisting(path: string): string {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  return realpathSync(existing);
}

function systemUser(name: string): Identity {
  const found = lookUp(name);
  if (found) return found;
  try {
    if (!hasGroup(name)) run(['/usr/sbin/groupadd', 'groupadd'], ['--system', name]);
    run(
      ['/usr/sbin/useradd', 'useradd'],
      ['--system', '--gid', name, '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    );
  } catch (cause) {
    throw new Error(
      `数据库不能以 root 身份运行，自动创建系统用户 ${name} 又没有成功。请先执行 “useradd --system ${name}”，或改用普通用户启动。`,
      { cause },
    );
  }
  const created = lookUp(name);
  if (!created) throw new Error(`系统用户 ${name} 已创建但查不到，请检查 /etc/passwd。`);
  return created;
}

function lookUp(name: string): Identity | undefined {
  try {
    return { uid: idOf('-u', name), gid: idOf('-g', name) };
  } catch {
    return undefined;
  }
}

const idOf = (flag: '-u' | '-g', name: string): number =>
  Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());

function hasGroup(name: string): boolean {
  try {
    execFileSync('getent', ['group', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(candidates: [string, string], args: string[]): void {
  execFileSync(existsSync(candidates[0]) ? candidates[0] : candidates[1], args, { stdio: 'pipe' });
}
