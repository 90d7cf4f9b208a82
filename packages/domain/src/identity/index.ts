/** Password rules (网络安全等级保护 2.0 第三级: 身份鉴别信息具有复杂度要求并定期更换). */

export const PASSWORD_MIN = 10;
/** So many earlier passwords may not be used again. */
export const PASSWORD_HISTORY = 5;
/** Wrong passwords in a row before the account is locked, and for how long. */
export const LOCK_AFTER = 5;
export const LOCK_MINUTES = 15;

const COMMON = [
  'password',
  'passw0rd',
  'qwerty',
  'admin',
  '123456',
  '111111',
  'abc123',
  'iloveyou',
  'welcome',
  'bihuan',
  'chengguan',
  'baoshan',
];

/** What is wrong with a new password, in Chinese; empty when nothing is. */
export function passwordFaults(password: string, username: string): string[] {
  const faults: string[] = [];
  if ([...password].length < PASSWORD_MIN) faults.push(`至少 ${PASSWORD_MIN} 位`);
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((pattern) => pattern.test(password)).length;
  if (classes < 3) faults.push('须含大写字母、小写字母、数字、符号中的至少三类');
  const lower = password.toLowerCase();
  if (username.length >= 3 && lower.includes(username.toLowerCase())) faults.push('不得包含用户名');
  const stem = lower.replace(/[^a-z]/g, '');
  if (COMMON.some((word) => (/^[0-9]/.test(word) ? lower.includes(word) : stem === word)))
    faults.push('过于常见，容易被猜到');
  if (/(.)\1{3}/.test(password)) faults.push('不得有四个以上相同的连续字符');
  return faults;
}

export { GRANT_REFUSALS, type GrantRefusal, type GrantRequest, refuseGrant, type UnitKind } from './grant.ts';
