import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node that npm installs with the program; everything but these starting scripts runs under it. */
export const NODE = join(ROOT, 'node_modules/node/bin/node');

/** Runs `npm ci` when the dependencies are missing or are not those of package-lock.json. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`需要 Node.js 20.19 或更新的版本，现在是 ${process.versions.node}。`);
  }
  const lock = digest([join(ROOT, 'package-lock.json')]);
  const mark = join(ROOT, 'node_modules/.bihuan-lock');
  if (existsSync(NODE)) {
    if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
    if (matchesLock()) return tryWriting(mark, lock);
  }

  console.log('正在安装依赖（npm ci），首次约需一至几分钟……');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: npmEnvironment(),
  });
  if (status !== 0) {
    fail(
      [
        '依赖没有安装成功，上面是 npm 给出的原因。常见情形：',
        '  · 连不上软件源：请检查网络或代理；内网请用 npm config set registry <本单位的镜像地址> 指定镜像后重试。',
        '  · 没有写入权限：请用克隆本程序的那个用户运行。',
        '  · 磁盘空间不足：至少需要 1.5 GB。',
      ].join('\n'),
    );
  }
  if (!existsSync(NODE))
    fail('依赖已安装，但没有得到程序自带的 Node.js。请确认 npm 允许软件包 node 的安装脚本，再试一次。');
  writeFileSync(mark, lock);
}

/** npm keeps its downloads in the home folder; without a writable one it gets a folder of its own. */
function npmEnvironment() {
  try {
    accessSync(homedir(), constants.W_OK);
    return process.env;
  } catch {
    return { ...process.env, npm_config_cache: join(tmpdir(), `bihuan-npm-${process.getuid?.() ?? 0}`) };
  }
}

/** Whether somebody ran npm by hand: its own record of what is installed agrees with package-lock.json. */
function matchesLock() {
  const record = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, { version, link, optional, devOptional, peer }]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed[path];
    return found ? link || found.version === version : Boolean(optional || devOptional || peer);
  });
}

function tryWriting(file, content) {
  try {
    writeFileSync(file, content);
  } catch {
    // Installed by another user: it only has to be compared again next time.
  }
}

/** Builds the web pages when their sources, the shared packages or the dependencies changed since the last build. */
export function buildWeb() {
  const web = join(ROOT, 'apps/web');
  const sources = digest(
    ['apps/web', 'packages/domain', 'packages/contract', 'package-lock.json'].flatMap((path) =>
      filesOf(join(ROOT, path)),
    ),
  );
  const mark = join(web, 'dist/.sources');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return;
  console.log('正在生成网页……');
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(NODE, [vite, 'build', '--logLevel', 'warn'], { cwd: web, stdio: 'inherit' });
  if (status !== 0) throw new Error('网页没有生成成功，上面是原因。');
  writeFileSync(mark, sources);
}

/** Prints why it cannot go on, and ends the process. */
export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** Files of a folder, sorted, without what is installed, generated or only tested. */
function filesOf(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(
      (entry) =>
        !['node_modules', 'dist'].includes(entry.name) &&
        !entry.name.startsWith('.') &&
        !entry.name.endsWith('.test.ts'),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesOf(join(path, entry.name)));
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file.slice(ROOT.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
