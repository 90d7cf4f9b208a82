import { toHalfWidth } from './text.ts';

export type PersonalKind = 'mobile' | 'landline' | 'id_number' | 'email';

export interface PersonalItem {
  readonly kind: PersonalKind;
  /** As it stands in the text. */
  readonly value: string;
  /** UTF-16 offset in the text. */
  readonly index: number;
}

export interface Masked {
  readonly masked: string;
  readonly found: readonly PersonalItem[];
}

const BEFORE = '(?<![\\dA-Za-z.])';
const AFTER = '(?![\\dA-Za-z])';
// One pass; the id number first, so that its digits are not taken for anything shorter.
const PATTERN = new RegExp(
  [
    `(?<id>${BEFORE}[1-9]\\d{16}[\\dXx]${AFTER})`,
    `(?<mobile>(?<![\\dA-Za-z.-])(?:\\+?86[- ]?)?1[3-9]\\d(?:\\d{8}|-\\d{4}-\\d{4}| \\d{4} \\d{4})${AFTER})`,
    `(?<area>(?<![\\dA-Za-z.-])(?:\\(0(?:10|2\\d|[3-9]\\d{2})\\) ?|0(?:10|2\\d|[3-9]\\d{2})[- ]?)[2-9]\\d{6,7}${AFTER})`,
    `(?<local>(?<![\\dA-Za-z.-])[2-9]\\d{7}${AFTER})`,
    '(?<email>(?<![\\w.+-])[\\w.+-]{1,64}@[A-Za-z\\d-]+(?:\\.[A-Za-z\\d-]+)*\\.[A-Za-z]{2,})',
  ].join('|'),
  'g',
);
/** Eight digits with at most two signs between each other, or an @: nothing above matches without. */
const WORTH_A_LOOK = /(?:[0-9\uff10-\uff19][-() \uff0d\uff08\uff09\u3000]{0,2}){8}|[@\uff20]/;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A resident identity number by GB 11643-1999: a real birth date and the right check character. */
export function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{16}[\dXx]$/.test(text)) return false;
  const [year, month, day] = [Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || year > 2099 || born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase();
}

const ORDER_NUMBER = /(?:编号|单号|号码牌|订单|流水|案号|文号|合同号|票号|no\.?|id)[^\d，。；,;]{0,4}$/i;
const PHONE_WORD = /(?:电话|座机|手机|号码|联系|致电|拨打|来电|tel|phone)[^\d，。；,;]{0,6}$/i;
const AMOUNT_AFTER = /^\s*(?:元|万|块|平方|平米|㎡|吨|米|户|人|次|%)/;

function isDate(digits: string): boolean {
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** Stars in place of all digits but the first `head` and the last `tail`. */
function starDigits(text: string, head: number, tail: number): string {
  const count = text.replace(/\D/g, '').length;
  let seen = 0;
  return text.replace(/[\dXx]/g, (digit) => {
    seen++;
    return seen <= head || seen > count - tail ? digit : '*';
  });
}

/**
 * Masks mobile numbers (138****5678), landlines (021-****5678), identity numbers (310***********1234) and e-mail
 * addresses in free text. Order numbers, dates, amounts and public short numbers (12345) stay. A landline without its
 * area code counts only right after a word such as 电话.
 */
export function maskPersonal(text: string): Masked {
  if (!WORTH_A_LOOK.test(text)) return { masked: text, found: [] };
  const half = toHalfWidth(text);
  const found: PersonalItem[] = [];
  let masked = '';
  let done = 0;
  for (const match of half.matchAll(PATTERN)) {
    const [value] = match;
    const { index } = match;
    const groups = match.groups!;
    const before = half.slice(Math.max(0, index - 12), index);
    let kind: PersonalKind;
    let shown: string;
    if (groups.id !== undefined) {
      if (!isIdNumber(value)) continue;
      kind = 'id_number';
      shown = `${value.slice(0, 3)}${'*'.repeat(11)}${value.slice(14)}`;
    } else if (groups.mobile !== undefined) {
      if (ORDER_NUMBER.test(before)) continue;
      kind = 'mobile';
      const prefix = value.length - value.replace(/^\+?86[- ]?/, '').length;
      shown = value.slice(0, prefix) + starDigits(value.slice(prefix), 3, 4);
    } else if (groups.area !== undefined) {
      if (ORDER_NUMBER.test(before)) continue;
      kind = 'landline';
      const digits = value.replace(/\D/g, '');
      shown = starDigits(value, /^0(?:10|2)/.test(digits) ? 3 : 4, 4);
    } else if (groups.local !== undefined) {
      if (!PHONE_WORD.test(before) || isDate(value) || AMOUNT_AFTER.test(half.slice(index + 8, index + 12))) continue;
      kind = 'landline';
      shown = starDigits(value, 0, 4);
    } else {
      kind = 'email';
      shown = `${value[0]}***${value.slice(value.indexOf('@'))}`;
    }
    found.push({ kind, value: text.slice(index, index + value.length), index });
    masked += text.slice(done, index) + shown;
    done = index + value.length;
  }
  return { masked: masked + text.slice(done), found };
}
