import { toHalfWidth } from '../intake/index.ts';
import type { Span, Tag } from './tags.ts';

const DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** 二十三 → 23, 一百零五 → 105, 一三〇二 → 1302; `null` for what is no number below 10,000. */
export function chineseNumber(text: string): number | null {
  if (/^[零〇一二三四五六七八九]{2,4}$/.test(text)) return Number([...text].map((c) => DIGITS[c]).join(''));
  const match =
    /^(?:([一二两三四五六七八九])千)?零?(?:([一二两三四五六七八九])百)?零?(?:([一二三四五六七八九])?(十))?零?([一二三四五六七八九])?$/.exec(
      text,
    );
  if (!match || text === '') return null;
  const [, thousands, hundreds, tens, ten, ones] = match;
  const of = (digit: string | undefined) => (digit ? DIGITS[digit]! : 0);
  const value = of(thousands) * 1000 + of(hundreds) * 100 + (ten ? (tens ? of(tens) : 1) * 10 : 0) + of(ones);
  return text === '' || (value === 0 && text !== '零') ? null : value;
}

/** Half-width, capitals, without spaces and brackets; dashes of all kinds are one. */
export function plainAddress(text: string): string {
  return toHalfWidth(text.normalize('NFKC'))
    .toUpperCase()
    .replace(/[\s​]+/g, '')
    .replace(/[—–―~～﹣－_]+/g, '-');
}

/** The number in 一百弄, 12号楼, 3F; with letters as they stand: B1, 12A. */
function numberIn(text: string): string | null {
  const arabic = /([A-Z]?\d+(?:-\d+)*[A-Z]?|[A-Z](?=[幢栋座区]))/.exec(text);
  if (arabic) return arabic[1]!;
  const chinese = /[零〇一二两三四五六七八九十百千]+/.exec(text);
  const value = chinese ? chineseNumber(chinese[0]) : null;
  return value === null ? null : String(value);
}

/** An address taken apart. Numbers are without their words: `lane: '100'` is 100弄. */
export interface AddressParts {
  readonly province: string | null;
  readonly city: string | null;
  readonly district: string | null;
  readonly zone: string | null;
  readonly town: string | null;
  readonly community: string | null;
  readonly group: string | null;
  readonly road: string | null;
  /** 弄. */
  readonly lane: string | null;
  /** 号. */
  readonly number: string | null;
  /** The other road of a crossing. */
  readonly crossing: string | null;
  /** Compound, organisation or landmark. */
  readonly place: string | null;
  readonly part: string | null;
  readonly building: string | null;
  readonly unit: string | null;
  readonly floor: string | null;
  readonly room: string | null;
  /** 对面, 北侧, 50米: what points away from the place named. */
  readonly direction: string | null;
}

const DIRECTION = /(东北|东南|西北|西南|东|南|西|北)(?:侧|面|边|方向)|对面|隔壁|旁边?|附近|门口|斜对面|后面|前面|\d+米/;

/** A bare number at the very end, behind house or stairs: 12栋301. */
function bareRoom(text: string, spans: readonly Span[]): string | null {
  const last = spans.findLast((span) => ['houseno', 'cellno', 'roadno', 'floorno'].includes(span.tag));
  return last ? (/^([A-Z]?\d{2,4}[A-Z]?)室?$/.exec(text.slice(last.to))?.[1] ?? null) : null;
}

export function partsOf(text: string, spans: readonly Span[]): AddressParts {
  const room = bareRoom(text, spans);
  const first = (tag: Tag): string | null => spans.find((span) => span.tag === tag)?.text ?? null;
  // Where an 弄 is a road of its own the tagger says road; in Shanghai it has a number and belongs to the road before it.
  const isLane = (text: string) => /^[0-9零一二三四五六七八九十百]+弄$/.test(text);
  const named = spans.filter((span) => span.tag === 'road').map((span) => span.text);
  const roads = named.filter((text) => !isLane(text));
  const numbers = [
    ...named.filter(isLane),
    ...spans.filter((span) => span.tag === 'roadno').map((span) => span.text),
  ].join('');
  const laneText = /([A-Z]?\d+|[零一二三四五六七八九十百]+)(?=弄|巷)/.exec(numbers)?.[1] ?? null;
  const afterLane = laneText === null ? numbers : numbers.slice(numbers.search(/弄|巷/) + 1);
  const houses = spans.filter((span) => span.tag === 'houseno').map((span) => span.text);
  const pointer = spans
    .filter((span) => span.tag === 'assist' || span.tag === 'distance')
    .map((span) => span.text)
    .join('');
  const crossing =
    roads.length > 1 && (spans.some((span) => span.tag === 'intersection') || /口|交叉|交汇/.test(pointer))
      ? roads[1]!
      : null;
  return {
    province: first('prov'),
    city: first('city'),
    district: first('district'),
    zone: first('devzone'),
    town: first('town'),
    community: first('community'),
    group: first('village_group'),
    road: roads[0] ?? null,
    lane: laneText === null ? null : numberIn(laneText),
    number: afterLane === '' ? null : numberIn(afterLane),
    crossing,
    place: first('poi'),
    part: first('subpoi'),
    building: houses[0] ? numberIn(houses[0]) : null,
    unit: mapped(first('cellno')),
    floor: mapped(first('floorno')),
    room: mapped(first('roomno')) ?? (houses[1] ? numberIn(houses[1]) : null) ?? room,
    direction: DIRECTION.exec(pointer)?.[0] ?? null,
  };
}
const mapped = (text: string | null): string | null => (text === null ? null : numberIn(text));

/** One spelling for one place: from the town down, numbers in Arabic digits with the words Shanghai uses. */
export function normalForm(parts: AddressParts): string {
  const { district, town, community, group, road, lane, number, crossing, place, part, building, unit, floor, room } =
    parts;
  return [
    district,
    town,
    community,
    group,
    crossing && road ? [road, crossing].sort().join('/') : road,
    lane && `${lane}弄`,
    number && `${number}号`,
    place,
    part,
    building && `${building}栋`,
    unit && `${unit}单元`,
    floor && `${floor}层`,
    room && `${room}室`,
  ]
    .filter((piece) => piece !== null && piece !== '')
    .join('');
}
