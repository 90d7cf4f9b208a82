import { passwordFaults } from '@bihuan/domain/identity';
import { expect, it } from 'vitest';
import { initialPassword } from './password.ts';

it('initial passwords satisfy the rules and do not repeat', () => {
  const made = Array.from({ length: 5000 }, initialPassword);
  expect(made.filter((password) => passwordFaults(password, 'youyi-01').length > 0)).toEqual([]);
  expect(new Set(made).size).toBe(made.length);
});
