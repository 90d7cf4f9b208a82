import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTextRules } from './check-text-rules.mjs';

const project = resolve(import.meta.dirname, '..');
const root = mkdtempSync(join(realpathSync(tmpdir()), 'bihuan-rules-'));

/** A small project that keeps every rule. */
const CLEAN: Record<string, string> = {
  'packages/domain/src/workday/index.ts': 'export const minutes = 1;\nexport const day = new Date(0);\n',
  'packages/domain/src/complaint/index.ts': "export { minutes } from '../workday/index.ts';\n",
  'packages/contract/src/complaint/index.ts':
    "import { minutes } from '@bihuan/domain/workday';\nimport Type from 'typebox';\nexport const body = [Type, minutes];\n",
  'apps/server/src/platform/db/index.ts': "import { sql } from 'kysely';\nexport const db = sql;\n",
  'apps/server/src/platform/config.ts': 'export const port = process.env.PORT;\n',
  'apps/server/src/platform/clock.ts': 'export const now = () => Date.now();\n',
  'apps/server/src/modules/org/org.repo.ts': "import { sql } from 'kysely';\nexport const one = sql;\n",
  'apps/server/src/modules/org/index.ts': "export { one } from './org.repo.ts';\n",
  'apps/server/src/modules/complaint/index.ts':
    "import { one } from '../org/index.ts';\nimport { db } from '../../platform/db/index.ts';\nexport const two = [one, db];\n",
  'apps/server/src/reports/cockpit.query.ts':
    "import { sql } from 'kysely';\nimport { two } from '../modules/complaint/index.ts';\nexport const cockpit = [sql, two];\n",
  'apps/server/src/main.ts': "import { cockpit } from './reports/cockpit.query.ts';\nexport const main = cockpit;\n",
  'apps/web/src/app.ts': "import { body } from '@bihuan/contract/complaint';\nexport const app = body;\n",
};

/** Each planted file breaks exactly one rule. */
const IMPORTS: [rule: string, what: string, file: string, code: string][] = [
  ['domain-stands-alone', 'domain imports a library', 'packages/domain/src/x1.ts', "import 'typebox';"],
  [
    'domain-stands-alone',
    'domain imports from Node',
    'packages/domain/src/x2.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
  ],
  [
    'domain-stands-alone',
    'domain imports a type of the contract',
    'packages/domain/src/x3.ts',
    "import type { body } from '@bihuan/contract/complaint';\nexport type X = typeof body;",
  ],
  [
    'contract-only-domain-and-typebox',
    'contract imports a library',
    'packages/contract/src/x1.ts',
    "import 'fastify';",
  ],
  [
    'contract-only-domain-and-typebox',
    'contract imports the server',
    'packages/contract/src/x2.ts',
    "import '../../../apps/server/src/platform/clock.ts';",
  ],
  [
    'web-never-server',
    'web imports a type of the server',
    'apps/web/src/x1.ts',
    "import type { now } from '../../server/src/platform/clock.ts';\nexport type X = typeof now;",
  ],
  [
    'web-never-server',
    'a Vue component imports the server',
    'apps/web/src/X.vue',
    '<script setup lang="ts">\nimport { now } from \'../../server/src/platform/clock.ts\';\nnow();\n</script>\n<template><p /></template>',
  ],
  ['server-never-web', 'server imports the web', 'apps/server/src/y.ts', "import '../../web/src/app.ts';"],
  [
    'platform-below-modules',
    'platform imports a module',
    'apps/server/src/platform/x.ts',
    "import '../modules/org/index.ts';",
  ],
  [
    'platform-below-modules',
    'platform imports a report',
    'apps/server/src/platform/y.ts',
    "import '../reports/cockpit.query.ts';",
  ],
  [
    'modules-below-reports',
    'a module imports a report',
    'apps/server/src/modules/plan/uses-report.ts',
    "import '../../reports/cockpit.query.ts';",
  ],
  [
    'module-only-through-its-index',
    'a module reaches into another one',
    'apps/server/src/modules/plan/reaches-in.ts',
    "import '../org/org.repo.ts';",
  ],
  [
    'module-only-through-its-index-from-outside',
    'a report reaches into a module',
    'apps/server/src/reports/reaches-in.ts',
    "import '../modules/org/org.repo.ts';",
  ],
  [
    'no-circles',
    'two files import each other',
    'packages/domain/src/complaint/back.ts',
    "import '../workday/there.ts';",
  ],
  [
    'sql-in-its-place',
    'a service imports Kysely',
    'apps/server/src/modules/org/value.service.ts',
    "import { sql } from 'kysely';\nexport const x = sql;",
  ],
  [
    'sql-in-its-place',
    'a service imports a type of Kysely',
    'apps/server/src/modules/org/type.service.ts',
    "import type { Kysely } from 'kysely';\nexport type X = Kysely<object>;",
  ],
  ['resolvable', 'an import leads nowhere', 'apps/web/src/x2.ts', "import './nothing.ts';"],
];

const TEXTS: [rule: string, file: string, code: string][] = [
  ['environment-only-in-config', 'apps/server/src/modules/org/x.ts', 'export const x = process.env.PORT;'],
  ['environment-only-in-config', 'apps/server/src/main.ts', "export const x = process['env'];"],
  ['environment-only-in-config', 'apps/server/src/x.ts', 'const { env } = process;\nexport const x = env;'],
  ['environment-only-in-config', 'apps/web/src/x.ts', 'export const x = import.meta.env.VITE_SECRET;'],
  ['environment-only-in-config', 'packages/domain/src/x.ts', 'export const x = process.env;'],
  ['clock-only-in-clock', 'apps/server/src/modules/org/x.ts', 'export const x = Date.now();'],
  ['clock-only-in-clock', 'apps/server/src/modules/org/x.ts', 'export const x = new Date();'],
  ['clock-only-in-clock', 'apps/server/src/platform/db/x.ts', 'export const x = { now: Date.now };'],
  ['clock-only-in-clock', 'packages/domain/src/x.ts', 'export const x = new Date;'],
];

beforeAll(() => {
  for (const [file, code] of Object.entries(CLEAN)) plant(file, code);
  cpSync(join(project, '.dependency-cruiser.cjs'), join(root, '.dependency-cruiser.cjs'));
  for (const path of ['package.json', 'packages/domain/package.json', 'packages/contract/package.json']) {
    cpSync(join(project, path), join(root, path));
  }
  for (const path of ['apps/server/package.json', 'apps/web/package.json'])
    cpSync(join(project, path), join(root, path));
  // Library files count by their place below node_modules, so they have to be seen at that place.
  for (const name of ['typebox', 'kysely', 'fastify']) {
    plant(`node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`);
    plant(`node_modules/${name}/index.js`, 'module.exports = { sql: 1 };');
  }
  mkdirSync(join(root, 'node_modules/@bihuan'), { recursive: true });
  symlinkSync('../../packages/domain', join(root, 'node_modules/@bihuan/domain'));
  symlinkSync('../../packages/contract', join(root, 'node_modules/@bihuan/contract'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function plant(file: string, code: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), code);
}

/** Rules broken, by file, as the program and the configuration of the checks see them. */
function brokenRules(): Map<string, string[]> {
  const cruiser = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { stdout } = spawnSync(
    process.execPath,
    [cruiser, '--config', '.dependency-cruiser.cjs', '-T', 'json', 'packages', 'apps'],
    { cwd: root, encoding: 'utf8' },
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const broken = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  return broken;
}

describe('directions', () => {
  let broken: Map<string, string[]>;
  beforeAll(() => {
    expect(brokenRules()).toEqual(new Map());
    for (const [, , file, code] of IMPORTS) plant(file, code);
    // The other half of the circle, which is reported once.
    plant('packages/domain/src/workday/there.ts', "import '../complaint/back.ts';");
    broken = brokenRules();
    for (const [, , file] of IMPORTS) rmSync(join(root, file));
    rmSync(join(root, 'packages/domain/src/workday/there.ts'));
  }, 60_000);

  it.each(IMPORTS)('%s: %s', (rule, _what, file) => {
    expect(broken.get(file)).toEqual([rule]);
  });

  it('have a planted violation for every rule, and are broken nowhere else', async () => {
    const { default: config } = (await import(join(project, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    expect([...new Set(IMPORTS.map(([rule]) => rule))].sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
    expect([...broken.keys()].sort()).toEqual(IMPORTS.map(([, , file]) => file).sort());
  });
});

describe('what may be read where', () => {
  it('is kept by the small clean project, by tests and by comments', () => {
    plant('apps/server/src/x.test.ts', 'Date.now(); process.env.X;');
    plant('apps/server/src/x.ts', '/** Not Date.now(). */\n// not process.env\nexport const x = new Date(0);');
    expect(checkTextRules(root)).toEqual([]);
  });

  it.each(TEXTS)('%s: %s', (rule, file, code) => {
    const kept = CLEAN[file];
    plant(file, code);
    expect(checkTextRules(root)).toMatchObject([{ rule, file }]);
    if (kept === undefined) rmSync(join(root, file));
    else plant(file, kept);
  });
});
