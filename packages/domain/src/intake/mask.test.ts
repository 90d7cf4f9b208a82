import { describe, expect, it } from 'vitest';
import { isIdNumber, maskPersonal } from './mask.ts';

const mask = (text: string): string => maskPersonal(text).masked;

/** Completes 17 digits with their check character, by another way than the code under test. */
function withCheck(head: string): string {
  for (const last of '0123456789X') {
    let weighted = last === 'X' ? 10 : Number(last);
    for (let i = 0; i < 17; i++) weighted += Number(head[i]) * (2 ** (17 - i) % 11);
    if (weighted % 11 === 1) return head + last;
  }
  throw new Error('unreachable');
}
const ID = withCheck('11010119900307001');

describe('personal data in free text', () => {
  it('masks mobiles however they are spaced', () => {
    expect(mask('请联系13812345678，谢谢')).toBe('请联系138****5678，谢谢');
    expect(mask('138-1234-5678或138 1234 5678')).toBe('138-****-5678或138 **** 5678');
    expect(mask('+8613812345678')).toBe('+86138****5678');
    expect(mask('电话１３８１２３４５６７８')).toBe('电话138****5678');
  });

  it('masks landlines with an area code, and without one only after a word for phone', () => {
    expect(mask('座机021-56781234')).toBe('座机021-****1234');
    expect(mask('0512-65781234')).toBe('0512-****1234');
    expect(mask('联系电话：56781234')).toBe('联系电话：****1234');
    expect(mask('共56781234')).toBe('共56781234');
  });

  it('masks identity numbers whose check character is right, and no other 18 digits', () => {
    expect(isIdNumber(ID)).toBe(true);
    expect(mask(`身份证${ID}。`)).toBe(`身份证110***********${ID.slice(14)}。`);
    const wrong = ID.slice(0, 17) + (ID.endsWith('1') ? '2' : '1');
    expect(mask(`工单${wrong}`)).toBe(`工单${wrong}`);
    expect(isIdNumber(withCheck('11010119900230001'))).toBe(false);
  });

  it('masks e-mail addresses', () => {
    expect(mask('邮箱someone.x@example.com.cn收')).toBe('邮箱s***@example.com.cn收');
  });

  it.each([
    '工单编号：310113202306010001，已办结',
    '订单号13812345678待处理',
    '2023年6月1日10:30，20230601',
    '罚款50000元，合计123456.78元',
    '拨打12345、110、96128',
    '面积12345678平方米',
    '电话20230601登记',
    'A13812345678B',
    '0.13812345678',
  ])('leaves %s', (text) => expect(maskPersonal(text)).toEqual({ masked: text, found: [] }));

  it('tells what it found and where, in the text as written', () => {
    const text = '甲13812345678乙 a@b.cn';
    const { found } = maskPersonal(text);
    expect(found.map(({ kind, value }) => [kind, value])).toEqual([
      ['mobile', '13812345678'],
      ['email', 'a@b.cn'],
    ]);
    for (const { value, index } of found) expect(text.slice(index, index + value.length)).toBe(value);
  });
});
