import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, installChromium } from './find-chromium.mjs';
import { buildWeb, ensureInstalled, fail, NODE, ROOT } from './install.mjs';
import { run } from './run.mjs';

const PARTS = ['checks', 'unit', 'db', 'e2e'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((part) => !PARTS.includes(part));
if (unknown) fail(`没有名为“${unknown}”的部分。可选：${PARTS.join('、')}；不写则全部运行。`);

ensureInstalled();

const began = performance.now();
const reports = mkdtempSync(join(tmpdir(), 'bihuan-report-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
const failedSteps = [];
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
  });
}

const tool = (path) => join(ROOT, 'node_modules', path);
const STEPS = {
  async checks() {
    await step('代码风格（biome）', () => node(tool('@biomejs/biome/bin/biome'), 'check'));
    await step('类型（tsc）', () => node(tool('typescript/bin/tsc'), '-p', 'tsconfig.json'));
    if (existsSync(join(ROOT, 'apps/web/tsconfig.json'))) {
      await step('网页类型（vue-tsc）', () =>
        node(tool('vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', 'apps/web/tsconfig.json'),
      );
    }
    await step('依赖方向（dependency-cruiser）', () =>
      node(
        tool('dependency-cruiser/bin/dependency-cruiser.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        ...sourceFolders(),
      ),
    );
    await step('环境变量与时钟', () => node(join(ROOT, 'tools/check-text-rules.mjs')));
  },
  unit: () => step('单元测试', () => vitest('unit')),
  db: () => step('数据库测试', () => vitest('db')),
  async e2e() {
    const browser = await step('网页与浏览器', prepareBrowserTests);
    if (browser) await step('浏览器测试', () => vitest('e2e', { CHROME_PATH: browser }));
  },
};

for (const part of PARTS) {
  if (wanted.length === 0 || wanted.includes(part)) await STEPS[part]();
}
rmSync(reports, { recursive: true, force: true });

console.log(`\n用时 ${seconds(began)}`);
if (interrupted) console.log('测试被中断，以下数字不完整。');
if (failedSteps.length > 0) console.log(`未通过：${failedSteps.join('、')}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = failedSteps.length > 0 || interrupted ? 1 : 0;

/** Runs one step under a heading. `work` returns 0 or a value when it went well; another number, or an error, fails it. */
async function step(title, work) {
  if (interrupted) return undefined;
  console.log(`\n── ${title} ──`);
  const start = performance.now();
  try {
    const result = await work();
    if (typeof result === 'number' && result !== 0) throw new Error(`退出码 ${result}`);
    console.log(`   ${title}：${seconds(start)}`);
    return result;
  } catch (error) {
    failedSteps.push(title);
    console.error(`   ${title}没有通过：${error.message}`);
    return undefined;
  }
}

function node(script, ...args) {
  return run(NODE, [script, ...args], { cwd: ROOT });
}

async function vitest(project, env = {}) {
  const report = join(reports, `${project}.json`);
  const code = await run(
    NODE,
    [
      tool('vitest/vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: ROOT, env: { ...process.env, ...env } },
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  totals.passed += result?.numPassedTests ?? 0;
  totals.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  const failed = result?.numFailedTests ?? 0;
  // A file that cannot even be loaded fails the run without a failed test of its own.
  totals.failed += code !== 0 && failed === 0 ? 1 : failed;
  return code;
}

/** The browser to use, with the web pages built; 0 when there is none and that is acceptable. */
function prepareBrowserTests() {
  const browser = findChromium() ?? installChromium();
  if (!browser) {
    if (process.env.CI) throw new Error('没有找到 Chromium。请安装，或用 CHROME_PATH 指定。');
    const journeys = readdirSync(join(ROOT, 'e2e')).filter((name) => name.endsWith('.e2e.ts')).length;
    console.log(`   本机没有 Chromium，跳过 ${journeys} 个浏览器测试文件。安装 chromium 或设置 CHROME_PATH 后可运行。`);
    totals.skipped += journeys;
    return 0;
  }
  buildWeb();
  return browser;
}

function sourceFolders() {
  return ['packages', 'apps', 'tools', 'e2e', 'bench'].filter((folder) => existsSync(join(ROOT, folder)));
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} 秒`;
}
