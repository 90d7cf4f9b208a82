import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { PROJECT_ROOT } from '../config.ts';
import { describeMigrations } from './describe-migrations.ts';
import type { SchemaDescription } from './describe-schema.ts';

let described: SchemaDescription;
beforeAll(async () => {
  described = await describeMigrations(inject('postgresUrl'));
});

const HOW = '过期：请运行 node tools/generate-schema.ts 并一并提交';

test('db/schema.sql says what the migrations make', async () => {
  expect(await readFile(join(PROJECT_ROOT, 'db/schema.sql'), 'utf8'), HOW).toBe(described.sql);
});

test('the generated table types say what the migrations make', async () => {
  const types = await readFile(join(PROJECT_ROOT, 'apps/server/src/platform/db/types.generated.ts'), 'utf8');
  expect(types, HOW).toBe(described.types);
});
