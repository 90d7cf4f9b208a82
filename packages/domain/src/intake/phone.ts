import { cleanLine, toHalfWidth } from './text.ts';

/** `regular`: a mainland mobile, landline or service number; otherwise kept as written for a person to judge. */
export interface Phone {
  readonly text: string;
  readonly regular: boolean;
}

const MOBILE = /^1[3-9]\d{9}$/;
const AREA = /^(0(?:10|2\d|[3-9]\d{2}))([2-9]\d{6,7})(?:(?:转|x|ext\.?|#)(\d{1,6}))?$/;
const LOCAL = /^([2-9]\d{6,7})(?:(?:转|x|ext\.?|#)(\d{1,6}))?$/;
const SERVICE = /^(?:400\d{7}|800\d{7}|1[0-2]\d{1,3}|9\d{4,5})$/;
const LABEL = /^(?:手机|电话|联系电话|座机|tel|phone|mobile)[号码]*[:.]?/;
const FOREIGN_AREA = /^(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}$/;
const COUNTRY = /^(?:\+|00)86/;

/**
 * One spelling for a phone: `13812345678`, `021-56781234`, `021-56781234转8001`. Full-width digits, +86, spaces, dashes
 * and brackets are dropped. Anything else (nine digits, two numbers in one cell, a masked number) stays as written.
 */
export function normalisePhone(raw: string): Phone {
  const line = cleanLine(toHalfWidth(raw));
  let compact = line
    .toLowerCase()
    .replace(/[\s()\-‐‑‒–—_'.·]/g, '')
    .replace(LABEL, '')
    .replace(COUNTRY, '');
  if (compact.length === 13 && compact.startsWith('86')) compact = compact.slice(2);
  // Behind the country code the area code loses its 0.
  if (/^[+0]/.test(line) && FOREIGN_AREA.test(compact)) compact = `0${compact}`;
  if (compact.length === 12 && compact.startsWith('01') && MOBILE.test(compact.slice(1)) && !AREA.test(compact)) {
    compact = compact.slice(1);
  }
  if (MOBILE.test(compact) || SERVICE.test(compact)) return { text: compact, regular: true };
  const area = AREA.exec(compact);
  if (area) return { text: `${area[1]}-${area[2]}${area[3] ? `转${area[3]}` : ''}`, regular: true };
  const local = LOCAL.exec(compact);
  if (local) return { text: `${local[1]}${local[2] ? `转${local[2]}` : ''}`, regular: true };
  return { text: line, regular: false };
}
