import { describe, expect, it } from 'vitest';
import { type DraftRise, decideWeek, writeDraft } from './index.ts';

const rise: DraftRise = {
  label: '顾村镇共富路 · 餐饮油烟',
  observed: 13,
  expected: 2.2,
  ratio: 5.9,
  seasonal: true,
  matters: [
    { title: '共富路餐饮油烟扰民', count: 8, callers: 3, unit: '顾村中队' },
    { title: '共富路烧烤', count: 3, callers: 0, unit: null },
  ],
  parts: [],
  night: 9,
  callers: 6,
  reopened: 2,
};
const total = { observed: 400, expected: 390, unusual: false, seasonal: true };

describe('the first draft', () => {
  it('says what rose, where, by how much, and what the orders show of why', () => {
    const { findings, causes } = writeDraft({ span: '6月19日至25日', total, rises: [rise], measures: [] });
    expect(findings).toBe(
      '本周（6月19日至25日）共收到诉件 400 件，按近期水平和往年季节应约 390 件，属正常波动。\n明显上升 1 处：\n1. 顾村镇共富路 · 餐饮油烟：13 件，常年同期约 2 件，为其 5.9 倍。',
    );
    expect(causes).toBe(
      '1. 顾村镇共富路 · 餐饮油烟：13 件中 11 件是同一事项反复来电，主要是“共富路餐饮油烟扰民” 8 件（来电人 3 人），牵头单位顾村中队，另有 1 个事项；9 件为夜间（19时至次日6时）来电；2 件办结后市民不认可、重新办理。',
    );
  });
  it('claims no cause where the orders show none', () => {
    const bare = { ...rise, matters: [], night: 2, reopened: 0 };
    const { causes } = writeDraft({ span: '', total, rises: [bare], measures: [] });
    expect(causes).toBe('1. 顾村镇共富路 · 餐饮油烟：各件互不重复，来自不同地点或问题。');
  });
  it('says so when nothing rose, and when there is too little history to tell', () => {
    expect(writeDraft({ span: '', total, rises: [], measures: [] }).findings).toContain('没有明显上升');
    const young = { ...total, expected: null };
    expect(writeDraft({ span: '', total: young, rises: null, measures: [] }).findings).toContain('数据不足 8 周');
  });
  it('tells what earlier measures came to', () => {
    const measure = {
      text: '联合检查',
      unit: '顾村中队',
      label: '共富路',
      before: 13,
      after: 2,
      expected: 2,
      effect: 'back' as const,
    };
    expect(writeDraft({ span: '', total, rises: [], measures: [measure] }).findings).toContain(
      '1. 共富路（联合检查，顾村中队）：由 13 件变为 2 件，已回到常年水平。',
    );
  });
});

describe('a week’s analysis', () => {
  it.each([
    ['draft', 'save', 'edited'],
    ['edited', 'save', 'edited'],
    ['draft', 'finish', 'finished'],
    ['edited', 'finish', 'finished'],
    ['finished', 'reopen', 'edited'],
    ['finished', 'save', { refused: 'finished' }],
    ['finished', 'finish', { refused: 'finished' }],
    ['draft', 'reopen', { refused: 'not_finished' }],
  ] as const)('%s, %s: %s', (state, action, next) => {
    expect(decideWeek(state, action)).toEqual(next);
  });
});
