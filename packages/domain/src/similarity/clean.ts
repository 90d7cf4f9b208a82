/**
 * What every complaint says whatever it is about: greetings, requests to the authorities, the hotline's own phrases, numbers of
 * earlier orders. Two complaints are not alike for sharing them.
 */
const OFFICE = '(?:书记|市长|区长|县长|镇长|局长|厅长|主任|院长|领导|同志|部门|政府|信箱|平台)';
const GREETINGS: readonly RegExp[] = [
  new RegExp(
    `(?:尊敬的|敬爱的|亲爱的|各位|市|区|县|有关|相关|省)*[\\u4e00-\\u9fa5]{0,2}${OFFICE}(?:们|同志|领导)*[:：,，!！。、 ]*(?:[您你]们?好|好)[:：,，!！。、 ]*`,
    'g',
  ),
  /^(?:尊敬的|敬爱的|亲爱的)[^,，:：。!！]{0,14}[:：,，!！。 ]+/,
  /[您你]们?好[:：,，!！。~ ]*/g,
];
const FORMULAS: readonly RegExp[] = [
  // The hotline's own words.
  /(?:市民|来电人|来访人|诉求人|投诉人|举报人|当事人|网友|居民)?(?:来电|来信|来访|致电|网上|再次|多次|反复)*(?:反映|反应|表示|称|诉求|求助|咨询)(?:内容|如下|问题如下|情况如下)?[:：]/g,
  /(?:诉求|反映|投诉|举报)(?:内容|目的|事项|要求|对象|地址|时间)[:：]/g,
  /(?:市民)?(?:反复|多次)?催单[^。；;]{0,60}(?:归档|催办)?/g,
  /(?:前期|此前|原|关联)?工单(?:编号|号)?[:：]?[A-Z]{0,6}\d{6,}/g,
  /[A-Z]{0,6}\d{9,}/g,
  // What everyone asks for.
  /(?:恳请|烦请|敬请|特请|请求|请|恳求|望|希望|盼望|期盼|盼|要求|建议|呼吁|恳望)(?:各级|市|区|县|政府|有关|相关|职能|主管|上级|贵|各)*(?:领导|部门|单位|政府|局|街道|社区|你们|您)*(?:能够|能|可以|给予|予以|给|尽快|尽早|及时|早日|帮忙|帮助|协调|督促|高度|认真|依法)*(?:介入|调查|核实|处理|解决|整治|查处|重视|关注|回复|答复|落实|协助|为盼)(?:一下|此事|这个问题|该问题|问题|为盼|并|及|和|、|尽快|及时|予以|给予|处理|解决|答复|回复|反馈)*/g,
  /(?:非常|万分|十分)?(?:感谢|谢谢)(?:您|你们|领导|政府|了|!|！)*/g,
  /(?:急盼|盼)?(?:望)?(?:回复|答复|复|为盼)[!！。]/g,
];

/** One line, half-width, without what says nothing; Latin letters in capitals. */
export function cleanText(text: string): string {
  let result = text.normalize('NFKC').toUpperCase();
  for (const pattern of GREETINGS) result = result.replace(pattern, ' ');
  for (const pattern of FORMULAS) result = result.replace(pattern, ' ');
  return result.replace(/\s+/g, ' ').trim();
}

/**
 * Two neighbouring symbols of a text as one number: a Han character counts as one symbol, a run of Latin letters or of digits
 * as one. A pair of Han characters is kept as it is (16 bits each), any other is hashed to numbers that no Han pair has.
 */
export type PairCode = number;

const isHan = (code: number): boolean =>
  (code >= 0x4e00 && code <= 0x9fff) ||
  (code >= 0x3400 && code <= 0x4dbf) ||
  code === 0x3005 ||
  code === 0x3007 ||
  (code >= 0xf900 && code <= 0xfaff);
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLatin = (code: number): boolean => code >= 65 && code <= 90;

/** Of the two symbols as one text; below 0x34000000, where the pairs of Han characters begin. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % 0x34000000;
}

/** A pair, and the words that it stands for. */
export interface Pair {
  readonly code: PairCode;
  readonly first: string;
  readonly second: string;
}

/** Pairs of neighbouring symbols, in order, with repetitions, clause by clause: none goes across punctuation. */
export function pairsOf(text: string): Pair[][] {
  const clauses: Pair[][] = [];
  let clause: Pair[] = [];
  let before = '';
  const end = (): void => {
    if (clause.length > 0) clauses.push(clause);
    clause = [];
    before = '';
  };
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    let next = at + 1;
    if (isDigit(code)) while (next < text.length && isDigit(text.charCodeAt(next))) next++;
    else if (isLatin(code)) while (next < text.length && isLatin(text.charCodeAt(next))) next++;
    else if (code >= 0xd800 && code <= 0xdbff && /^\p{Script=Han}/u.test(text.slice(at, at + 2))) next = at + 2;
    else if (!isHan(code)) {
      end();
      at = next;
      continue;
    }
    const symbol = text.slice(at, next);
    if (before !== '')
      clause.push({
        code:
          before.length === 1 && symbol.length === 1 && isHan(code) && isHan(before.charCodeAt(0))
            ? (before.charCodeAt(0) << 16) | code
            : hashOf(`${before}|${symbol}`),
        first: before,
        second: symbol,
      });
    before = symbol;
    at = next;
  }
  end();
  return clauses;
}

/** A set of pairs: sorted, each once. */
export type PairSet = Int32Array;

export function pairSet(codes: Iterable<PairCode>): PairSet {
  const sorted = Int32Array.from(codes).sort();
  let size = 0;
  for (let at = 0; at < sorted.length; at++)
    if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[size++] = sorted[at]!;
  return sorted.slice(0, size);
}

export function inBoth(a: PairSet, b: PairSet): PairCode[] {
  const both: PairCode[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i]!;
    const right = b[j]!;
    if (left === right) both.push(left);
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return both;
}

/** A run of neighbouring pairs as the words they were. */
export const phraseOf = (run: readonly Pair[]): string =>
  run.map(({ first, second }, at) => (at === 0 ? first + second : second)).join('');
