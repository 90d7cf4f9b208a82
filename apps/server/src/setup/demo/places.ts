import { townCentre, withinTown } from './boundaries.ts';
import { drawnUuid, random } from './random.ts';
import { TOWNS } from './towns.ts';

const FIRST = [
  '金桂',
  '紫藤',
  '海棠',
  '锦绣',
  '和泰',
  '翠竹',
  '银杏',
  '碧水',
  '香樟',
  '玉兰',
  '锦秋',
  '馨佳',
  '瑞和',
  '盛世',
  '怡景',
  '丽水',
  '绿洲',
  '阳光',
  '星河',
  '祥瑞',
  '华庭',
  '文华',
  '江南',
  '枫桥',
];
const LAST = ['苑', '花园', '家园', '名邸', '公寓', '佳苑', '雅苑', '华府', '新苑'];

export interface DemoPlace {
  readonly id: string;
  readonly kind: 'road' | 'compound' | 'village';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly town: number;
  readonly lng: number;
  readonly lat: number;
  /** Road and lane number of a compound; the road itself; nothing for a village. */
  readonly road: string | null;
  readonly lane: number | null;
}

const COMPOUNDS_PER_TOWN = 14;
const BORN = Date.parse('2022-06-01T00:00:00+08:00');

/** The place dictionary: names, aliases, town and coordinates. No compound name occurs twice in the district. */
export function makePlaces(seed: number): DemoPlace[] {
  const draw = random(seed, 11);
  const used = new Set<string>();
  return TOWNS.flatMap((town, index) => {
    const centre = townCentre(index);
    const near = () => {
      const lng = centre.lng + (draw.next() - 0.5) * 0.03;
      const lat = centre.lat + (draw.next() - 0.5) * 0.024;
      return withinTown({ lng, lat }, index);
    };
    const id = () => drawnUuid(draw, BORN);
    const roads = town.roads.map(
      (name): DemoPlace => ({
        id: id(),
        kind: 'road',
        name,
        aliases: [],
        town: index,
        ...near(),
        road: name,
        lane: null,
      }),
    );
    const villages = town.villages.map(
      (name): DemoPlace => ({
        id: id(),
        kind: 'village',
        name,
        aliases: [name.endsWith('新村') ? `${name}居委会` : `${name}村委会`],
        town: index,
        ...near(),
        road: null,
        lane: null,
      }),
    );
    const compounds = Array.from({ length: COMPOUNDS_PER_TOWN }, (): DemoPlace => {
      let name = draw.pick(FIRST) + draw.pick(LAST);
      while (used.has(name)) name = draw.pick(FIRST) + draw.pick(LAST);
      used.add(name);
      const road = draw.pick(town.roads);
      const lane = draw.between(20, 1999);
      const aliases = [`${road}${lane}弄`];
      if (!/(公寓|花园|家园)$/.test(name)) aliases.push(`${name}小区`);
      return { id: id(), kind: 'compound', name, aliases, town: index, ...near(), road, lane };
    });
    return [...roads, ...villages, ...compounds];
  });
}
