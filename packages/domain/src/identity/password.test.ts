import { describe, expect, it } from 'vitest';
import { passwordFaults } from './index.ts';

describe('a new password', () => {
  it.each([
    ['Chunfeng#2023', []],
    ['春风十里Abc123', []],
    ['short#1A', ['至少 10 位']],
    ['alllowercase', ['须含大写字母、小写字母、数字、符号中的至少三类']],
    ['Youyi-01#abc', ['不得包含用户名']],
    ['Password2023!', ['过于常见，容易被猜到']],
    ['Xy#123456zz', ['过于常见，容易被猜到']],
    ['Aaaa#2023xxz', []],
    ['Abbbb#2023xx', ['不得有四个以上相同的连续字符']],
  ])('%s', (password, faults) => {
    expect(passwordFaults(password, 'youyi-01')).toEqual(faults);
  });
});
