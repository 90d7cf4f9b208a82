import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressDictionary, chineseNumber, parseAddress } from './index.ts';

const partsOf = (text: string, dictionary?: AddressDictionary) => {
  const { parts } = parseAddress(text, dictionary);
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null));
};
const DISTRICT = new AddressDictionary([
  { name: '宝林二村', tag: 'poi' },
  { name: '友谊路', tag: 'road' },
  { name: '友谊路街道', tag: 'town' },
  { name: '一二八纪念路', tag: 'road' },
]);

describe('an address is taken apart', () => {
  test.each([
    ['上海市宝山区淞宝路104号', { city: '上海市', district: '宝山区', road: '淞宝路', number: '104' }],
    ['共康路555弄15号102室', { road: '共康路', lane: '555', number: '15', room: '102' }],
    [
      '庙行镇场北路399弄（共康公寓）5幢601',
      { town: '庙行镇', road: '场北路', lane: '399', place: '共康公寓', building: '5', room: '601' },
    ],
    ['长江西路２３１１号', { road: '长江西路', number: '2311' }],
    [
      '高境镇殷高西路638号财富中心三楼',
      { town: '高境镇', road: '殷高西路', number: '638', place: '财富中心', floor: '3' },
    ],
    ['牡丹江路与友谊路交叉口东北侧', { road: '牡丹江路', crossing: '友谊路', direction: '东北侧' }],
  ])('%s', (text, parts) => {
    expect(partsOf(text)).toMatchObject(parts);
  });

  test('names that the district knows are read as they are known', () => {
    expect(partsOf('宝山区友谊路街道友谊路100弄宝林二村12号楼301室', DISTRICT)).toMatchObject({
      district: '宝山区',
      town: '友谊路街道',
      road: '友谊路',
      lane: '100',
      place: '宝林二村',
      building: '12',
      room: '301',
    });
    expect(partsOf('一二八纪念路968号', DISTRICT)).toMatchObject({ road: '一二八纪念路', number: '968' });
  });
});

describe('one spelling for one place', () => {
  test.each([
    ['共康路555弄15号102室', '共康路５５５弄 15号102室'],
    ['牡丹江路与友谊路交叉口', '友谊路与牡丹江路交叉口'],
    ['淞宝路一百零四号', '淞宝路104号'],
  ])('%s is %s', (one, other) => {
    expect(parseAddress(other, DISTRICT).normal).toBe(parseAddress(one, DISTRICT).normal);
  });
});

describe('whatever the text', () => {
  test('parts lie in the text one after another, and nothing is invented', () => {
    const pieces = fc.constantFrom(
      '宝山区',
      '友谊路',
      '弄',
      '号',
      '12',
      '３',
      '楼',
      '室',
      ' ',
      '（',
      '）',
      'A',
      '村',
      '与',
      '口',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
        const { text, spans, confidence } = parseAddress(list.join(''));
        let end = 0;
        for (const span of spans) {
          expect(span.from).toBeGreaterThanOrEqual(end);
          expect(text.slice(span.from, span.to)).toBe(span.text);
          end = span.to;
        }
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  test('a number in Chinese is the number', () => {
    const digits = '零一二三四五六七八九';
    const spell = (n: number): string => {
      const [h, t, o] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
      if (n < 10) return digits[n]!;
      if (n < 20) return `十${o ? digits[o] : ''}`;
      const hundreds = h ? `${digits[h]}百` : '';
      const tens = t ? `${digits[t]}十` : h && o ? '零' : '';
      return `${hundreds}${tens}${o ? digits[o] : ''}`;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), (n) => {
        expect(chineseNumber(spell(n))).toBe(n);
      }),
    );
    expect(chineseNumber('一三〇二')).toBe(1302);
    expect(chineseNumber('百')).toBeNull();
  });
});
