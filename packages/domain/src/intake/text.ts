// Zero-width characters, byte-order marks, soft hyphens and control characters carry no meaning in an order.
const INVISIBLE =
  '\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff\\ufffe\\uffff';
const INVISIBLE_ALL = new RegExp(`[${INVISIBLE}]+`, 'g');
const NOT_CLEAN = new RegExp(`[${INVISIBLE}\\s]`);
const SPACES = /\s+/g;

/** One line: invisible characters dropped; line breaks, tabs, full-width and repeated spaces become one space; trimmed. */
export function cleanLine(text: string): string {
  if (!NOT_CLEAN.test(text)) return text;
  return text.replace(INVISIBLE_ALL, '').replace(SPACES, ' ').trim();
}

/** Several lines: as {@link cleanLine} within each line; empty lines dropped, the other line breaks kept. */
export function cleanBlock(text: string): string {
  if (!NOT_CLEAN.test(text)) return text;
  if (!/[\n\r\u0085\u2028\u2029]/.test(text)) return cleanLine(text);
  return text
    .split(/[\n\r\u0085\u2028\u2029]+/)
    .map(cleanLine)
    .filter((line) => line !== '')
    .join('\n');
}

const FULL_WIDTH = /[\uff01-\uff5e\u3000]/g;

/** Full-width letters, digits and signs to their ASCII forms, one character for one, so that offsets stay valid. */
export function toHalfWidth(text: string): string {
  return text.replace(FULL_WIDTH, (c) => (c === '\u3000' ? ' ' : String.fromCharCode(c.charCodeAt(0) - 0xfee0)));
}

/** At most `limit` UTF-16 units, never splitting a character in two. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit);
}
