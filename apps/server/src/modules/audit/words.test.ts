import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS, OBJECT_TYPES, ROOMS } from '@bihuan/contract/audit';
import { expect, test } from 'vitest';

const SERVER = join(import.meta.dirname, '../..');
const sources = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path) && !path.startsWith('testing'))
  .map((path) => readFileSync(join(SERVER, path), 'utf8'));
const found = (pattern: RegExp) => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, word]) => word!))),
];

test('every action that the program writes has a word, and its room too', () => {
  const actions = found(/action: '([a-z]+\.[a-z_]+)'/g);
  expect(actions.length).toBeGreaterThan(20);
  expect(actions.filter((action) => !(action in ACTIONS))).toEqual([]);
  expect(Object.keys(ACTIONS).filter((action) => !(action.split('.')[0]! in ROOMS))).toEqual([]);
});

test('every kind of object has a word', () => {
  expect(found(/objectType: '([a-z_]+)'/g).filter((type) => type !== 'role_grant' && !(type in OBJECT_TYPES))).toEqual(
    [],
  );
});
