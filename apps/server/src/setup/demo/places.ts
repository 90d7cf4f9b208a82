import { drawnUuid, random } from './random.ts';

/** Road names are public facts; compounds and villages are invented. Centres are GCJ-02, to about a kilometre. */
export interface TownSketch {
  readonly slug: string;
  readonly name: string;
  readonly short: string;
  readonly lng: number;
  readonly lat: number;
  /** Share of the district's orders. */
  readonly volume: number;
  readonly roads: readonly string[];
  readonly villages: readonly string[];
}

export const TOWNS: readonly TownSketch[] = [
  {
    slug: 'youyi',
    name: '友谊路街道',
    short: '友谊路',
    lng: 121.489,
    lat: 31.405,
    volume: 9,
    roads: ['友谊路', '牡丹江路', '密山路', '宝林路', '宝杨路', '盘古路', '铁力路', '双城路'],
    villages: ['临江新村', '友谊新村'],
  },
  {
    slug: 'wusong',
    name: '吴淞街道',
    short: '吴淞',
    lng: 121.49,
    lat: 31.377,
    volume: 6,
    roads: ['淞滨路', '同济路', '淞兴路', '海滨路', '化成路', '泰和路', '永清路', '牡丹江路'],
    villages: ['桃园新村', '海江新村'],
  },
  {
    slug: 'zhangmiao',
    name: '张庙街道',
    short: '张庙',
    lng: 121.437,
    lat: 31.345,
    volume: 8,
    roads: ['长江西路', '呼玛路', '通河路', '爱辉路', '共江路', '虎林路', '新二路'],
    villages: ['通河新村', '呼玛新村'],
  },
  {
    slug: 'luodian',
    name: '罗店镇',
    short: '罗店',
    lng: 121.341,
    lat: 31.412,
    volume: 8,
    roads: ['市一路', '塘西街', '沪太路', '月罗路', '罗芬路', '祁北路', '集贤路'],
    villages: ['东南弄村', '天平村', '金星村'],
  },
  {
    slug: 'dachang',
    name: '大场镇',
    short: '大场',
    lng: 121.395,
    lat: 31.305,
    volume: 14,
    roads: ['大华路', '真华路', '沪太路', '场中路', '行知路', '环镇北路', '华灵路', '南陈路'],
    villages: ['联西村', '丰明村'],
  },
  {
    slug: 'yanghang',
    name: '杨行镇',
    short: '杨行',
    lng: 121.441,
    lat: 31.378,
    volume: 10,
    roads: ['杨泰路', '宝杨路', '友谊西路', '水产西路', '富锦路', '蕰川路', '松兰路'],
    villages: ['杨东村', '星火村', '湄浦村'],
  },
  {
    slug: 'yuepu',
    name: '月浦镇',
    short: '月浦',
    lng: 121.43,
    lat: 31.424,
    volume: 6,
    roads: ['龙镇路', '德都路', '月罗路', '四元路', '绥化路', '春雷路', '蕰川路'],
    villages: ['聚源桥村', '沈家桥村', '段泾村'],
  },
  {
    slug: 'luojing',
    name: '罗泾镇',
    short: '罗泾',
    lng: 121.343,
    lat: 31.474,
    volume: 3,
    roads: ['陈行街', '潘新路', '罗东路', '新川沙路', '飞达路', '长建路'],
    villages: ['塘湾村', '花红村', '海星村'],
  },
  {
    slug: 'gucun',
    name: '顾村镇',
    short: '顾村',
    lng: 121.377,
    lat: 31.357,
    volume: 15,
    roads: ['菊泉街', '菊联路', '顾北路', '陆翔路', '宝安公路', '共富路', '沪太路', '电台路'],
    villages: ['羌家村', '广福村', '星星村'],
  },
  {
    slug: 'gaojing',
    name: '高境镇',
    short: '高境',
    lng: 121.481,
    lat: 31.322,
    volume: 6,
    roads: ['高境路', '逸仙路', '殷高西路', '岭南路', '国权北路', '江杨南路', '三门路', '云西路'],
    villages: ['高境新村'],
  },
  {
    slug: 'miaohang',
    name: '庙行镇',
    short: '庙行',
    lng: 121.44,
    lat: 31.322,
    volume: 5,
    roads: ['场北路', '共康路', '大康路', '三泉路', '纪蕰路', '南蕰藻路', '长江西路'],
    villages: ['康家村', '场北村'],
  },
  {
    slug: 'songnan',
    name: '淞南镇',
    short: '淞南',
    lng: 121.487,
    lat: 31.346,
    volume: 6,
    roads: ['长江路', '淞南路', '通南路', '新二路', '一二八纪念路', '华浜路', '江杨南路'],
    villages: ['淞南新村', '华浜新村'],
  },
  {
    slug: 'yuanqu',
    name: '宝山工业园区',
    short: '工业园区',
    lng: 121.375,
    lat: 31.445,
    volume: 2,
    roads: ['金石路', '振园路', '山连路', '园和路', '罗北路'],
    villages: ['石太村'],
  },
];

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
    const near = () => ({
      lng: Math.round((town.lng + (draw.next() - 0.5) * 0.03) * 1e6) / 1e6,
      lat: Math.round((town.lat + (draw.next() - 0.5) * 0.024) * 1e6) / 1e6,
    });
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
