/** What a part of an address is; the names are those of the Chinese address corpus CCKS 2021. */
export const TAGS = {
  prov: '省',
  city: '市',
  district: '区县',
  devzone: '开发区',
  town: '街镇',
  community: '居村',
  village_group: '村民小组',
  road: '道路',
  roadno: '门牌',
  intersection: '路口',
  poi: '小区、单位、地标',
  subpoi: '其中的部分',
  houseno: '楼栋',
  cellno: '单元',
  floorno: '楼层',
  roomno: '室号',
  distance: '距离',
  assist: '方位',
} as const;
export type Tag = keyof typeof TAGS;
export const TAG_NAMES = Object.keys(TAGS) as Tag[];

export interface Span {
  readonly tag: Tag;
  readonly text: string;
  /** Offset in the text that was parsed, in UTF-16 units. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * States of the tagger: `B` begins, `I` is inside, `E` ends a part, `S` is one alone; 0 is a character outside of all.
 */
export const STATES: readonly string[] = [
  'O',
  ...TAG_NAMES.flatMap((tag) => [`B-${tag}`, `I-${tag}`, `E-${tag}`, `S-${tag}`]),
];
export const stateOf = (prefix: 'B' | 'I' | 'E' | 'S', tag: Tag): number =>
  1 + TAG_NAMES.indexOf(tag) * 4 + 'BIES'.indexOf(prefix);

const kindOf = (state: number): 'O' | 'B' | 'I' | 'E' | 'S' => (state === 0 ? 'O' : ('BIES'[(state - 1) % 4] as 'B'));
const tagOf = (state: number): number => Math.floor((state - 1) / 4);

/** For each state, the states that may come before it; -1 is the beginning. */
export const BEFORE: readonly (readonly number[])[] = STATES.map((_, state) => {
  const kind = kindOf(state);
  const result: number[] = kind === 'I' || kind === 'E' ? [] : [-1];
  STATES.forEach((__, before) => {
    const open = kindOf(before) === 'B' || kindOf(before) === 'I';
    const fits = kind === 'I' || kind === 'E' ? open && tagOf(before) === tagOf(state) : !open;
    if (fits) result.push(before);
  });
  return result;
});
/** An address does not end inside a part. */
export const MAY_END: readonly boolean[] = STATES.map((_, state) => !['B', 'I'].includes(kindOf(state)));

export function spansOf(text: string, states: readonly number[]): Span[] {
  const spans: Span[] = [];
  let from = 0;
  states.forEach((state, at) => {
    const kind = kindOf(state);
    if (kind === 'B' || kind === 'S') from = at;
    if (kind === 'E' || kind === 'S')
      spans.push({ tag: TAG_NAMES[tagOf(state)]!, text: text.slice(from, at + 1), from, to: at + 1 });
  });
  return spans;
}
