/** Where a complaint says that it is, as far as numbers say it. Each set is empty where nothing is said. */
export interface Site {
  readonly towns: ReadonlySet<string>;
  /** Road and 弄, 罗芬路901弄: a compound's own address. */
  readonly lanes: ReadonlySet<string>;
  /** Road and 号, 华浜路1124号: a house on the street. */
  readonly houses: ReadonlySet<string>;
  /** Two roads, in either order. */
  readonly crossings: ReadonlySet<string>;
  /** A village's group, 联西村7组. */
  readonly groups: ReadonlySet<string>;
  /** Building and room, 58-404; or 404 where no building is named. */
  readonly rooms: ReadonlySet<string>;
}

const TOWN = /[\p{Script=Han}]{2,5}?(?:街道|镇|工业园区)/gu;
const ROAD = /([\p{Script=Han}]{1,5}(?:路|街|大道|公路))(\d{1,5})(弄|号)(?!线|楼)/gu;
const CROSSING =
  /([\p{Script=Han}]{1,5}?(?:路|街|大道|公路))(?:靠近|近|与|和|、|\/)?(?!街道)([\p{Script=Han}]{1,5}?(?:路|街|大道|公路))(?=路?口|交叉|交汇|附近|$|[^\p{Script=Han}\d])/gu;
const GROUP = /([\p{Script=Han}]{1,3}村)(\d{1,2})组/gu;
const ROOM = /(?:(\d{1,4})(?:号楼|号|幢|栋|座|-))?(?:\d单元)?(\d{3,4})室/gu;
/** What stands before the name of a road: the town it is in. 环镇南路 is a name of its own. */
const BEFORE_ROAD = /^.*(?:区|镇|乡|街道)(?=[\p{Script=Han}]{2,}(?:路|街|大道|公路))/u;

/** As far back as a name surely goes: 长江西路 may stand behind any word. */
const roadName = (text: string): string => text.replace(BEFORE_ROAD, '').slice(-3);

/** @param address the whole of it; @param text where else a place may be named */
export function siteOf(address: string, text: string): Site {
  const towns = new Set<string>();
  const lanes = new Set<string>();
  const houses = new Set<string>();
  const crossings = new Set<string>();
  const groups = new Set<string>();
  const rooms = new Set<string>();
  for (const [town] of address.replace(/^.*(?<!园)[市区县](?=\p{Script=Han}{2})/u, '').matchAll(TOWN)) towns.add(town);
  for (const part of [address, text]) {
    for (const [, road, number, kind] of part.matchAll(ROAD)) {
      (kind === '弄' ? lanes : houses).add(roadName(road!) + number);
    }
    for (const [, one, other] of part.matchAll(CROSSING))
      crossings.add([roadName(one!), roadName(other!)].sort().join('/'));
    for (const [, village, group] of part.matchAll(GROUP)) groups.add(village!.slice(-3) + group);
    for (const [, building, room] of part.matchAll(ROOM)) rooms.add(building ? `${building}-${room}` : room!);
  }
  return { towns, lanes, houses, crossings, groups, rooms };
}

function shares(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const one of a) if (b.has(one)) return true;
  return false;
}
const apart = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size > 0 && b.size > 0 && !shares(a, b);

export const sameSite = (a: Site, b: Site): boolean =>
  shares(a.lanes, b.lanes) ||
  shares(a.houses, b.houses) ||
  shares(a.crossings, b.crossings) ||
  shares(a.groups, b.groups);

/** Two complaints that name different towns, compounds, houses or rooms are not of one matter. */
export const otherSite = (a: Site, b: Site): boolean =>
  (!sameSite(a, b) && (apart(a.lanes, b.lanes) || apart(a.houses, b.houses) || apart(a.crossings, b.crossings))) ||
  apart(a.towns, b.towns) ||
  apart(a.groups, b.groups) ||
  apart(a.rooms, b.rooms);

const isExact = (site: Site): boolean =>
  site.lanes.size > 0 || site.houses.size > 0 || site.crossings.size > 0 || site.groups.size > 0;

/** Both say exactly where, but in words that cannot be compared: one by a house number, the other by a crossing. */
export const maybeOtherSite = (a: Site, b: Site): boolean => isExact(a) && isExact(b) && !sameSite(a, b);

/** A word for the site, the same for complaints of the same one; `null` where nothing exact is said. */
export function siteKey(site: Site): string | null {
  const [first] = [...site.lanes, ...site.houses, ...site.crossings, ...site.groups];
  return first ?? null;
}
