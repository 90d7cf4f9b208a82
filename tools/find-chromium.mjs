import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Path of a Chromium for the browser tests: `CHROME_PATH`, or the first one installed; undefined when there is none.
 * Started by root, it needs the argument `--no-sandbox`.
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env.CHROME_PATH) {
    if (isProgram(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new Error(`CHROME_PATH 指向的浏览器不存在或不能执行：${env.CHROME_PATH}`);
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...ON_MAC].find(isProgram);
}

/** Installs Debian's Chromium and Chinese fonts where we may; afterwards like `findChromium`. */
export function installChromium() {
  const debian = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
  if (process.getuid?.() !== 0 || !debian) return undefined;
  console.log('没有找到 Chromium，正在用 apt-get 安装 chromium 和 fonts-noto-cjk……');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  apt('update', '-q');
  if (!apt('install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-noto-cjk')) return undefined;
  return findChromium();
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
