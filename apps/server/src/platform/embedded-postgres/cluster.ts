import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { canReach, type Identity } from './os-user.ts';
import { reachableHome } from './reachable-home.ts';

export const SUPERUSER = 'postgres';

/** The superuser's password, made at the first start and kept in `pg-password`, readable by its owner only. */
export function superuserPassword(dataDir: string): string {
  const file = join(dataDir, 'pg-password');
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    try {
      // A link appears whole or not at all, and never replaces what another process was first to write.
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * The real path of the cluster behind `<dataDir>/pg`, created when it does not exist yet. Where the data folder cannot
 * be entered by the database's user, `<dataDir>/pg` is a link to a folder that can.
 */
export async function prepareCluster(
  dataDir: string,
  binaries: Binaries,
  who: Identity | undefined,
  password: string,
  log: (message: string) => void,
): Promise<string> {
  const door = join(dataDir, 'pg');
  if (existsSync(join(door, 'PG_VERSION'))) {
    const cluster = realpathSync(door);
    checkVersion(cluster, binaries);
    if (!who) return cluster;
    // A copy made by root belongs to root; PostgreSQL insists on owning its files.
    if (statSync(cluster).uid !== who.uid) execFileSync('chown', ['-R', `${who.uid}:${who.gid}`, cluster]);
    if (canReach(cluster, who)) return cluster;
    throw new Error(
      `数据库文件在 ${cluster}，而运行数据库的系统用户进不了这个文件夹。请把数据移到例如 /srv/bihuan 并设置 BIHUAN_DATA，或放开上级文件夹的进入权限（chmod o+x）。`,
    );
  }
  if (lstatSync(door, { throwIfNoEntry: false })) {
    throw new Error(`${door} 已存在，但不是一个完整的数据库。请恢复备份，或确认不再需要后删除它。`);
  }

  const elsewhere = who && !canReach(dataDir, who);
  const target = elsewhere ? join(reachableHome(who), `pg-${randomBytes(6).toString('hex')}`) : door;
  const draft = `${target}.init-${process.pid}`;
  log('首次启动，正在创建数据库……');
  await initialise(draft, binaries, who, password);
  try {
    renameSync(draft, target);
    if (elsewhere) {
      symlinkSync(target, door);
      log(`数据文件夹 ${dataDir} 只有 root 能进入，数据库文件实际存放在 ${target}`);
    }
  } catch (error) {
    rmSync(elsewhere ? target : draft, { recursive: true, force: true });
    // Another process was faster: its cluster has the same password, for there is only one password file.
    if (!existsSync(join(door, 'PG_VERSION'))) throw error;
  }
  return realpathSync(door);
}

async function initialise(folder: string, binaries: Binaries, who: Identity | undefined, password: string) {
  const passwordFile = `${folder}.password`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (who) {
      chownSync(folder, who.uid, who.gid);
      chownSync(passwordFile, who.uid, who.gid);
    }
    // C.UTF-8 rather than C: with LC_CTYPE C, pg_trgm takes no Chinese character for a letter and finds nothing.
    await promisify(execFile)(
      binaries.initdb,
      [
        '--pgdata',
        folder,
        '--locale=C.UTF-8',
        '--locale-provider=icu',
        '--icu-locale=zh-Hans-CN',
        '--encoding=UTF8',
        '--auth=scram-sha-256',
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
      ],
      { cwd: '/', ...who },
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const detail = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new Error(`创建数据库失败（${dirname(folder)}）：${detail}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkVersion(cluster: string, binaries: Binaries): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const ours = /\d+/.exec(execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8' }))?.[0];
  if (made !== ours) {
    throw new Error(`数据库文件是 PostgreSQL ${made} 的，程序带的是 ${ours}。请用原来的版本导出备份，再用新版本恢复。`);
  }
}
