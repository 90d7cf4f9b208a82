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

/** Han characters one by one, runs of Latin letters and of digits as one; what stands between is `null`. */
export function symbolsOf(text: string): (string | null)[] {
  const symbols: (string | null)[] = [];
  for (const [match] of text.matchAll(/\p{Script=Han}|[A-Z]+|[0-9]+|[^\p{Script=Han}A-Z0-9]+/gu)) {
    symbols.push(/^[\p{Script=Han}A-Z0-9]/u.test(match) ? match : null);
  }
  return symbols;
}

/** Between the two symbols of a pair that are not both single characters: 107|国. */
const JOINT = '|';
const isSingle = (symbol: string): boolean => symbol.length === 1;

/** Pairs of neighbouring symbols, in order, with repetitions, clause by clause: none goes across punctuation. */
export function pairsOf(text: string): string[][] {
  const clauses: string[][] = [];
  let clause: string[] = [];
  let before: string | null = null;
  for (const symbol of symbolsOf(text)) {
    if (symbol === null) {
      if (clause.length > 0) clauses.push(clause);
      clause = [];
    } else if (before !== null) {
      clause.push(isSingle(before) && isSingle(symbol) ? before + symbol : `${before}${JOINT}${symbol}`);
    }
    before = symbol;
  }
  if (clause.length > 0) clauses.push(clause);
  return clauses;
}

/** A run of neighbouring pairs as the words they were. */
export function phraseOf(run: readonly string[]): string {
  return run
    .map((pair, at) => {
      const [first, second] = pair.includes(JOINT)
        ? (pair.split(JOINT) as [string, string])
        : [pair[0]!, pair.slice(1)];
      return at === 0 ? first + second : second;
    })
    .join('');
}
