import { describe, expect, it } from 'vitest';
import type { Cell } from './cell.ts';
import type { FieldKey } from './fields.ts';
import { normalisePhone } from './phone.ts';
import { deriveTitle, type IntakeRow, parseRow, type RowOptions, rowFingerprint } from './row.ts';
import { cleanBlock, cleanLine, clip } from './text.ts';

const read = (fields: Partial<Record<FieldKey, Cell>>, options?: RowOptions) => {
  const keys = Object.keys(fields) as FieldKey[];
  const mapping = keys.map((field, index) => ({ index, header: field, field }));
  return parseRow(
    keys.map((key) => fields[key]!),
    mapping,
    options,
  );
};
const base = {
  externalNo: '310113202306010001',
  receivedAt: '2023-06-01 09:05',
  content: '甲路乙弄有人深夜施工。要求处理。',
};
const taken = (fields: Partial<Record<FieldKey, Cell>>, options?: RowOptions): IntakeRow => {
  const result = read({ ...base, ...fields }, options);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.value;
};
const codes = (fields: Partial<Record<FieldKey, Cell>>, options?: RowOptions): string[] => {
  const result = read({ ...base, ...fields }, options);
  return result.ok ? [] : result.reasons.map((reason) => `${reason.field}:${reason.code}`);
};
const warned = (fields: Partial<Record<FieldKey, Cell>>): string[] => {
  const result = read({ ...base, ...fields });
  return result.ok ? result.warnings.map((warning) => `${warning.field}:${warning.code}`) : ['rejected'];
};

describe('numbers of orders', () => {
  it('keeps 18 digits exact when they are text', () => {
    expect(taken({ externalNo: '310113202306010001' }).externalNo).toBe('310113202306010001');
    expect(taken({ externalNo: "\t'310113202306010001\u3000" }).externalNo).toBe('310113202306010001');
    expect(taken({ externalNo: 'ＢＳ２０２３' }).externalNo).toBe('BS2023');
  });

  it('rejects one that was kept as a number and lost its last digits', () => {
    const result = read({ ...base, externalNo: Number('310113202306010001') });
    expect(result).toMatchObject({
      ok: false,
      reasons: [{ field: 'externalNo', code: 'id_digits_lost', message: expect.stringContaining('末位已失真') }],
    });
    expect(codes({ externalNo: '3.10113E+17' })).toEqual(['externalNo:id_scientific']);
  });

  it('takes a short number as its digits', () => {
    expect(taken({ externalNo: 360114 }).externalNo).toBe('360114');
    expect(taken({ externalNo: 123456789012345 }).externalNo).toBe('123456789012345');
    expect(taken({ externalNo: '360114.0' }).externalNo).toBe('360114');
  });

  it('leaves a missing one null', () => {
    expect(taken({ externalNo: null }).externalNo).toBeNull();
    expect(taken({ externalNo: ' - ' }).externalNo).toBeNull();
  });
});

describe('what a row must have', () => {
  it('gives every reason at once, with the field, the Chinese label and the value', () => {
    const result = read({ receivedAt: '2023-02-30', content: '  ', title: null });
    expect(result).toEqual({
      ok: false,
      reasons: [
        expect.objectContaining({
          field: 'receivedAt',
          label: '受理时间',
          code: 'date_impossible',
          value: '2023-02-30',
        }),
        expect.objectContaining({ field: 'content', code: 'missing', message: '标题和内容都是空的' }),
      ],
    });
  });

  it('takes the default for a missing receiving time but never for an unreadable one', () => {
    expect(codes({ receivedAt: null })).toEqual(['receivedAt:missing']);
    expect(taken({ receivedAt: null }, { defaultReceivedAt: 5 }).receivedAt).toBe(5);
    expect(codes({ receivedAt: '6/1/2023' }, { defaultReceivedAt: 5 })).toEqual(['receivedAt:date_ambiguous']);
  });

  it('derives the title from the first sentence that says something', () => {
    expect(taken({}).title).toBe('甲路乙弄有人深夜施工');
    expect(deriveTitle('尊敬的领导您好！市民来电反映：小区门口占道经营，影响出行。谢谢')).toBe(
      '小区门口占道经营，影响出行',
    );
    expect(deriveTitle('长'.repeat(300))).toHaveLength(60);
    expect(deriveTitle('您好！')).toBe('您好！');
  });

  it('takes the title for the content when there is no other', () => {
    expect(taken({ content: null, title: '占道经营' })).toMatchObject({ title: '占道经营', content: '占道经营' });
  });

  it('rejects a title over 200 characters and a content over 20,000', () => {
    expect(codes({ title: '长'.repeat(200) })).toEqual([]);
    expect(codes({ title: '长'.repeat(201) })).toEqual(['title:too_long']);
    expect(codes({ content: '长'.repeat(20_000) })).toEqual([]);
    expect(codes({ content: '长'.repeat(20_001) })).toEqual(['content:too_long']);
  });

  it('cuts a long minor field with a warning', () => {
    expect(taken({ address: '长'.repeat(600) }).address).toHaveLength(500);
    expect(warned({ address: '长'.repeat(600) })).toEqual(['address:cut']);
  });
});

describe('the other fields', () => {
  it('maps the platform words for kind and urgency', () => {
    expect(taken({ kind: '咨询类' }).kind).toBe('enquiry');
    expect(taken({ kind: '投诉举报类' })).toMatchObject({ kind: 'ordinary', extras: { 工单类型: '投诉举报类' } });
    expect(taken({ urgency: '紧急' }).urgency).toBe('critical');
    expect(taken({ urgency: '次紧急' }).urgency).toBe('urgent');
    expect(taken({ urgency: '一般' }).urgency).toBe('normal');
    expect(warned({ urgency: '蓝色' })).toEqual(['urgency:urgency_unrecognised']);
  });

  it('reads flags in words, signs and booleans, and leaves others unknown with a warning', () => {
    expect(
      [taken({ anonymous: '是' }), taken({ anonymous: '匿名' }), taken({ anonymous: true })].map((r) => r.anonymous),
    ).toEqual([true, true, true]);
    expect([taken({ anonymous: '否' }), taken({ anonymous: 0 })].map((r) => r.anonymous)).toEqual([false, false]);
    expect(taken({}).anonymous).toBeNull();
    expect(warned({ anonymous: '看情况' })).toEqual(['anonymous:flag_unrecognised']);
  });

  it('keeps categories to their last filled level', () => {
    expect(taken({ category1: '城市管理', category2: '违法建筑', category3: null, category4: ' ' }).categories).toEqual(
      ['城市管理', '违法建筑'],
    );
    expect(taken({ category1: null, category2: '违法建筑' }).categories).toEqual(['', '违法建筑']);
  });

  it('takes the row without an unreadable deadline, and says so', () => {
    expect(warned({ dueAt: '尽快' })).toEqual(['dueAt:date_unrecognised']);
    expect(warned({ dueAt: '2023-05-01' })).toEqual(['dueAt:before_received']);
  });

  it('keeps unmapped columns that say something', () => {
    const result = parseRow(
      ['2023-06-01', '占道经营', ' 通话\t编号 ', null, 12],
      [
        { index: 0, header: '时间', field: 'receivedAt' },
        { index: 1, header: '标题', field: 'title' },
        { index: 2, header: '通话编号', field: null },
        { index: 3, header: '备注', field: null },
        { index: 4, header: '次数', field: null },
      ],
    );
    expect(result).toMatchObject({ ok: true, value: { extras: { 通话编号: '通话 编号', 次数: '12' } } });
    expect(result.ok && Object.keys(result.value.extras)).toEqual(['通话编号', '次数']);
  });
});

describe('cleaning', () => {
  it('drops what is invisible and makes one space of all white space', () => {
    expect(cleanLine('\ufeff\u3000甲\u3000\u3000路\t\t乙\r\n弄\u200b ')).toBe('甲 路 乙 弄');
    expect(cleanBlock('\n\t\t我反映\u3000问题\r\n\r\n\t第二行 \u200b\n')).toBe('我反映 问题\n第二行');
    expect(taken({ title: '占道\n经营' }).title).toBe('占道 经营');
  });

  it('never cuts a character in two', () => {
    expect(clip('甲𠮷乙', 2)).toBe('甲');
    expect(clip('甲𠮷乙', 3)).toBe('甲𠮷');
  });
});

describe('phones', () => {
  it.each([
    ['138 0000 0000', '13800000000'],
    ['138-0000-0000', '13800000000'],
    ['+86 13800000000', '13800000000'],
    ['0086-138-0000-0000', '13800000000'],
    ['１３８０００００００0', '13800000000'],
    ['013800000000', '13800000000'],
    ['手机：13800000000', '13800000000'],
    ['02156000000', '021-56000000'],
    ['(021)5600 0000', '021-56000000'],
    ['+86-21-56000000', '021-56000000'],
    ['0512-65000000转8001', '0512-65000000转8001'],
    ['56000000', '56000000'],
    ['12345', '12345'],
    ['400-820-0000', '4008200000'],
  ])('%s → %s', (raw, text) => expect(normalisePhone(raw).text).toBe(text));

  it('keeps a nine-digit phone as text with a warning', () => {
    expect(taken({ complainantPhone: 138000000 }).complainantPhone).toBe('138000000');
    expect(warned({ complainantPhone: '138000000' })).toEqual(['complainantPhone:phone_irregular']);
    expect(warned({ complainantPhone: 13800000000 })).toEqual([]);
    expect(taken({ complainantPhone: '13800000000/13900000000' }).complainantPhone).toBe('13800000000/13900000000');
  });
});

describe('the fingerprint of a row without a number', () => {
  it('is the same for the same order in another export, spaced otherwise and handled since', () => {
    const first = rowFingerprint(taken({ externalNo: null }));
    expect(
      rowFingerprint(
        taken({
          externalNo: null,
          content: '甲路乙弄 有人深夜施工。\n要求处理。',
          processingNote: '已处理',
          title: '甲路乙弄有人深夜施工',
        }),
      ),
    ).toBe(first);
    expect(rowFingerprint(taken({ externalNo: null, receivedAt: { serial: 45078 + 545 / 1440 } }))).toBe(first);
  });

  it('differs by time, content, place and person', () => {
    const variants = [
      {},
      { receivedAt: '2023-06-01 09:06' },
      { content: '甲路丙弄有人深夜施工' },
      { address: '甲路' },
      { complainantPhone: '13800000000' },
    ];
    expect(new Set(variants.map((fields) => rowFingerprint(taken(fields)))).size).toBe(variants.length);
  });
});
