import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, findMatters, type Message } from './index.ts';

const DAY = 86_400_000;
const NOON = Date.parse('2023-06-05T12:00:00+08:00');
/** Other complaints of a district, so that words have their frequencies. */
const ROADS = [
  '盛桥路',
  '月罗路',
  '环镇南路',
  '长逸路',
  '呼兰路',
  '三门路',
  '吉浦路',
  '纪蕴路',
  '蕴川路',
  '祁连山路',
  '真陈路',
  '南陈路',
];
const TROUBLES = [
  '占道经营影响通行',
  '夜间施工噪音扰民',
  '餐饮油烟直排呛鼻',
  '建筑垃圾无人清运',
  '路灯多日不亮',
  '共享单车乱停堵路',
  '违法搭建彩钢棚',
  '店铺音响太吵',
];
const others: Message[] = ROADS.flatMap((road, i) =>
  TROUBLES.map((trouble, j) => ({
    id: `o${i}-${j}`,
    title: `${road}${100 + 7 * i}号${trouble}`,
    text: `市民来电反映：${road}${100 + 7 * i}号附近${trouble}，已有一段时间，影响周边居民，请相关部门尽快处理。`,
    at: NOON + (i * 8 + j) * DAY,
  })),
);
const found = (messages: Message[]) => new Map(findMatters([...others, ...messages]).map((one) => [one.id, one]));

describe('what counts as likeness', () => {
  test.each([
    '尊敬的领导：您好！',
    '市民来电反映：',
    '望相关部门尽快处理并回复，谢谢！',
    '原工单编号：BS20230601000123',
  ])('“%s” says nothing', (formula) => {
    expect(cleanText(formula).replace(/[^\p{Script=Han}A-Z0-9]/gu, '')).toBe('');
  });

  test('the same trouble of one compound in other words is one matter, and the reason names the place', () => {
    const result = found([
      {
        id: 'a',
        title: '宝林二村底商油烟扰民',
        text: '宝林二村12号楼下的饭店没有烟道，油烟直接排到楼上，居民不敢开窗。',
        at: NOON,
      },
      {
        id: 'b',
        title: '反映宝林二村饭店排油烟',
        text: '我家住宝林二村，楼下几家餐馆每天排放油烟，味道很大，请处理。',
        at: NOON + 3 * DAY,
      },
    ]);
    expect(result.get('b')!.matter).toBe(result.get('a')!.matter);
    expect(result.get('b')!.reasons.join()).toContain('宝林二村');
  });

  test('two troubles of one compound are two matters', () => {
    const result = found([
      { id: 'a', title: '宝林二村底商油烟扰民', text: '宝林二村楼下饭店油烟直排，居民不敢开窗。', at: NOON },
      {
        id: 'b',
        title: '宝林二村电梯经常困人',
        text: '宝林二村9号楼电梯三天两头停运，上周又困人。',
        at: NOON + 3 * DAY,
      },
    ]);
    expect(result.get('b')!.decision).not.toBe('joined');
  });

  test('the same words about two compounds are two matters', () => {
    const text = (place: string) =>
      `${place}底层餐馆油烟扰民，没有专用烟道，油烟直排，居民长期不敢开窗，多次投诉未果。`;
    const result = found([
      { id: 'a', title: '森园小区底层餐馆油烟扰民', text: text('森园小区'), at: NOON },
      { id: 'b', title: '月湖小区底层餐馆油烟扰民', text: text('月湖小区'), at: NOON + DAY },
    ]);
    expect(result.get('b')!.matter).not.toBe(result.get('a')!.matter);
  });
});

describe('whatever the messages', () => {
  test('each gets one answer, the first of a matter is its name, and the order of the file does not matter', () => {
    const places = fc.constantFrom('宝林二村', '森园小区', '月湖小区', '呼兰路');
    const troubles = fc.constantFrom(...TROUBLES, '电梯困人', '');
    const message = fc.record({ place: places, trouble: troubles, day: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.boolean(), (list, reversed) => {
        const messages = list.map(
          ({ place, trouble, day }, n): Message => ({
            id: `m${n}`,
            title: `${place}${trouble}`,
            text: `${place}${trouble}，请处理`,
            at: NOON + day * DAY,
          }),
        );
        const answers = findMatters(messages);
        expect(answers).toHaveLength(messages.length);
        const ids = new Set(messages.map(({ id }) => id));
        for (const one of answers) {
          expect(ids.has(one.matter)).toBe(true);
          if (one.decision === 'separate') expect(one.matter).toBe(one.id);
        }
        const again = findMatters(reversed ? [...messages].reverse() : messages);
        expect(again).toEqual(answers);
      }),
      { numRuns: 50 },
    );
  });
});
