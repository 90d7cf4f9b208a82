import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { PROJECT_ROOT } from '../config.ts';
import { apiDocument } from './openapi.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test('docs/openapi.json describes the routes as they are', async () => {
  const kept = await readFile(join(PROJECT_ROOT, 'docs/openapi.json'), 'utf8');
  expect(kept, '过期：请运行 node tools/generate-openapi.ts 并一并提交').toBe(apiDocument(t.app));
});

test('the description is for people signed in, and says what each operation needs', async () => {
  expect((await t.call(null, 'GET', '/openapi.json')).status).toBe(401);
  const officer = await t.person((await t.unit('squadron')).id, 'officer');
  const { status, body } = await t.call(officer, 'GET', '/openapi.json');
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
  expect(body.paths['/api/v1/audit/events'].get['x-access']).toBe('audit.read');
  expect(body.paths['/api/v1/audit/events'].get.responses.default).toBeDefined();
});
