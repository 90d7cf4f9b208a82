import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Actor, permits, ROLE_NAMES, type Role } from '../access/index.ts';
import { parsePeriod } from '../indicator/index.ts';
import {
  allowedBulletinActions,
  BULLETIN_ACTIONS,
  type BulletinAction,
  type BulletinCommand,
  type BulletinFigure,
  type BulletinState,
  composeBulletin,
  decideBulletin,
  type FigureBook,
  type FigureData,
  linesOf,
  piecesOf,
  seesDrafts,
  textProblems,
  writeFigure,
  writeOut,
  writePiece,
} from './index.ts';

const KEYS = new Set(['volume.district', 'resolution.district']);
const TEXT = {
  title: '关于2023年6月12345诉件办理情况的通报',
  recipients: '各中队：',
  sections: [{ key: 'overall', heading: '一、总体情况', body: '共受理{{volume.district}}件。' }],
};
const person = (personId: string, role: Role, unitId = 'u1'): Actor => ({ personId, unitId, townId: null, role });
const draft = (changes: Partial<BulletinState> = {}): BulletinState => ({
  id: 'b',
  kind: 'monthly',
  status: 'draft',
  version: 1,
  revision: 1,
  latest: true,
  ...TEXT,
  draftedBy: 'p0',
  editorIds: ['p0'],
  reviewedBy: null,
  receivedUnitIds: [],
  ...changes,
});
const commandOf: Record<BulletinAction, BulletinCommand> = {
  refresh: { action: 'refresh', rewrite: false },
  edit: { action: 'edit', ...TEXT },
  submit: { action: 'submit' },
  withdraw: { action: 'withdraw' },
  send_back: { action: 'send_back', reason: '数字与附表不符' },
  approve: { action: 'approve' },
  publish: { action: 'publish' },
  correct: { action: 'correct', reason: '漏计一件', figures: 'keep' },
  discard: { action: 'discard', reason: '重复起草' },
  receive: { action: 'receive' },
};
const ACTIONS = Object.keys(BULLETIN_ACTIONS) as BulletinAction[];
const anyActor = fc
  .record({
    personId: fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4', 'p5'),
    role: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom<Role>('coordination_clerk', 'coordination_chief', 'bureau_leader') },
      { weight: 1, arbitrary: fc.constantFrom(...ROLE_NAMES) },
    ),
  })
  .map(({ personId, role }) => person(personId, role, `unit of ${role}`));
// Half of the steps are ones that the actor may take, so that the sequences get somewhere.
const anySteps = fc.array(fc.tuple(anyActor, fc.nat(), fc.boolean()), { minLength: 20, maxLength: 60, size: 'max' });

describe('the way of a bulletin', () => {
  test('whatever is tried: three people write, review and sign; figures move only in a draft; what is published stays', () => {
    let published = 0;
    fc.assert(
      fc.property(anySteps, (steps) => {
        let state = draft();
        for (const [actor, n, guided] of steps) {
          const allowed = allowedBulletinActions(state, actor);
          const action = guided && allowed.length > 0 ? allowed[n % allowed.length]! : ACTIONS[n % ACTIONS.length]!;
          const result = decideBulletin(state, commandOf[action], actor, KEYS);
          expect(result.ok).toBe(allowed.includes(action));
          if (!result.ok) continue;
          if (result.decision.discard) {
            expect(state.status).toBe('draft');
            continue;
          }
          const { next, retake, receiptOfUnit } = result.decision;
          if (retake) expect([state.status, next.status]).toEqual(['draft', 'draft']);
          if (state.status === 'published') {
            expect(next).toEqual({ ...state, receivedUnitIds: next.receivedUnitIds });
            if (receiptOfUnit !== null) expect(state.receivedUnitIds).not.toContain(receiptOfUnit);
          } else expect(next.version).toBe(state.version + 1);
          if (next.status === 'published' && state.status !== 'published') {
            published += 1;
            expect(permits(actor, 'bulletin.sign')).toBe(true);
            expect(next.reviewedBy).not.toBeNull();
            expect(next.editorIds).not.toContain(actor.personId);
            expect(next.editorIds).not.toContain(next.reviewedBy);
            expect(actor.personId).not.toBe(next.reviewedBy);
          }
          state = next;
        }
      }),
      { numRuns: 500, seed: 5 },
    );
    expect(published).toBeGreaterThan(0);
  });

  test('whoever changed the text cannot review it, even when another began it', () => {
    const chief = person('chief', 'coordination_chief');
    const edited = decideBulletin(draft(), { action: 'edit', ...TEXT }, chief, KEYS);
    if (!edited.ok) throw new Error(edited.code);
    const state = { ...edited.decision.next, status: 'reviewing' as const };
    expect(decideBulletin(state, { action: 'approve' }, chief, KEYS)).toEqual({ ok: false, code: 'own_text' });
  });

  test('a draft can be thrown away with a reason, by those who draft; nothing else can', () => {
    const clerk = person('p1', 'coordination_clerk');
    expect(decideBulletin(draft(), commandOf.discard, clerk, KEYS)).toMatchObject({
      ok: true,
      decision: { discard: true, note: '重复起草' },
    });
    expect(decideBulletin(draft(), { action: 'discard', reason: ' ' }, clerk, KEYS)).toMatchObject({
      code: 'reason_required',
    });
    for (const status of ['reviewing', 'reviewed', 'published'] as const)
      expect(decideBulletin(draft({ status }), commandOf.discard, clerk, KEYS)).toMatchObject({ code: 'wrong_status' });
    expect(decideBulletin(draft(), commandOf.discard, person('p2', 'bureau_leader'), KEYS)).toMatchObject({
      code: 'not_permitted',
    });
  });

  test('a text sent back must be reviewed again', () => {
    const state = draft({ status: 'reviewed', reviewedBy: 'p1' });
    const back = decideBulletin(state, commandOf.send_back, person('p2', 'bureau_leader'), KEYS);
    expect(back).toMatchObject({ ok: true, decision: { next: { status: 'draft', reviewedBy: null } } });
  });

  test('an older revision is not corrected, nor is one without a reason', () => {
    const clerk = person('p1', 'coordination_clerk');
    const old = draft({ status: 'published', latest: false });
    expect(decideBulletin(old, commandOf.correct, clerk, KEYS)).toEqual({ ok: false, code: 'not_latest' });
    const blank = { action: 'correct', reason: '  ', figures: 'keep' } as const;
    expect(decideBulletin({ ...old, latest: true }, blank, clerk, KEYS)).toEqual({
      ok: false,
      code: 'reason_required',
    });
  });

  test('a unit gives one receipt, by its clerk, leader or liaison; officers do not give it', () => {
    const state = draft({ status: 'published' });
    const given = decideBulletin(state, { action: 'receive' }, person('p9', 'town_liaison', 'town'), KEYS);
    expect(given).toMatchObject({ ok: true, decision: { receiptOfUnit: 'town' } });
    const again = { ...state, receivedUnitIds: ['town'] };
    expect(decideBulletin(again, { action: 'receive' }, person('p8', 'town_liaison', 'town'), KEYS)).toMatchObject({
      code: 'already_received',
    });
    expect(decideBulletin(state, { action: 'receive' }, person('p7', 'officer'), KEYS)).toMatchObject({
      code: 'cannot_receive',
    });
  });

  test('drafts are for those who write, review or sign', () => {
    expect(ROLE_NAMES.filter((role) => seesDrafts(person('p', role)))).toEqual([
      'coordination_clerk',
      'coordination_chief',
      'bureau_leader',
    ]);
  });
});

describe('text and figures', () => {
  test('a text split at its placeholders is the same text when put together', () => {
    const bit = fc.oneof(
      fc.string(),
      fc.constantFrom('{{volume.district}}', '{{resolution.district|change}}', '{{table:units}}', '{{', '}}', '\n'),
    );
    fc.assert(
      fc.property(fc.array(bit), (bits) => {
        const text = bits.join('');
        expect(piecesOf(text).map(writePiece).join('')).toBe(text.replaceAll('|value}}', '}}'));
      }),
    );
  });

  test.each([
    ['共{{volume.town}}件', '“一”引用的数据“volume.town”不存在'],
    ['共{{volume.district|guess}}件', '“一”中数据引用的写法“guess”不存在'],
    ['共{{volume.district件', '“一”中有不完整的数据引用'],
    ['见{{table:units}}', '“一”中，各中队办理情况表须单独成行'],
    ['{{table:nothing}}', '“一”引用的图表“table:nothing”不存在'],
  ])('%s is refused', (body, problem) => {
    const sections = [{ key: 'a', heading: '一', body }];
    expect(textProblems({ ...TEXT, sections }, KEYS)).toEqual([problem]);
  });

  test('a sub-heading is a short numbered line that is no sentence', () => {
    const lines = linesOf('（一）超期件\n（一）这是一句话。\n1.重点\n{{chart:trend}}\n正文', bookOf({}));
    expect(lines.map((line) => line.kind)).toEqual(['heading', 'paragraph', 'heading', 'block', 'paragraph']);
  });

  test.each([
    [120, 100, '较上月增加20件，上升20.0%'],
    [90, 100, '较上月减少10件，下降10.0%'],
    [100, 100, '与上月持平'],
    [0, 0, '与上月持平'],
    [5, 0, '上月为0件'],
  ])('a count of %i after %i: %s', (now, before, words) => {
    expect(
      writeFigure(
        bookOf({ 'volume.district': [now, now], 'volume.district@2023-05': [before, before] }),
        'volume.district',
        'change',
      ),
    ).toBe(words);
  });

  test.each([
    [[80, 100], [70, 100], '较上月上升10.0个百分点'],
    [[70, 100], [80, 100], '较上月下降10.0个百分点'],
    [[801, 1000], [8011, 10_000], '与上月持平'],
    [[8, 10], [0, 0], '上月无可比数据'],
  ] as const)('a rate of %j after %j: %s', (now, before, words) => {
    const book = bookOf({ 'resolution.district': now, 'resolution.district@2023-05': before });
    expect(writeFigure(book, 'resolution.district', 'change')).toBe(words);
  });
});

describe('the text that writes itself', () => {
  const anyPair = fc.tuple(fc.nat(400), fc.nat(400)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const anyBook = fc.record({ now: fc.array(anyPair, { minLength: 12, maxLength: 12 }), few: fc.boolean() });

  test('refers only to figures there are, says nothing in bare digits but dates, and leaves nothing unwritten', () => {
    fc.assert(
      fc.property(anyBook, ({ now, few }) => {
        const book = fullBook(now, few);
        const text = composeBulletin(book, '6月30日24时');
        expect(textProblems(text, new Set(book.figures.keys()))).toEqual([]);
        const body = text.sections.map((section) => section.body).join('\n');
        expect(writeOut(body, book)).not.toMatch(/undefined|NaN|null/);
        const typed = piecesOf(body)
          .map((piece) => (piece.kind === 'text' ? piece.text : ''))
          .join('')
          .replace(/2023年6月|6月30日24时|12345|95%区间/g, '');
        expect(typed).not.toMatch(/\d/);
      }),
      { numRuns: 300 },
    );
  });

  test('says that a sample is too small to judge by', () => {
    const say = (few: boolean) =>
      composeBulletin(
        fullBook(
          Array.from({ length: 12 }, () => (few ? [3, 5] : [90, 120])),
          few,
        ),
        '6月30日24时',
      )
        .sections.map(({ body }) => body)
        .join('\n');
    expect(say(true)).toContain('样本较小');
    expect(say(false)).not.toContain('样本较小');
  });
});

function figureOf(
  key: string,
  [numerator, denominator]: readonly [number, number],
  data: Partial<FigureData> = {},
): BulletinFigure {
  const kind = key.startsWith('volume') ? 'count' : 'rate';
  const value = kind === 'count' ? numerator : denominator === 0 ? null : numerator / denominator;
  return { key, label: key, value, numerator, denominator, data: { kind, ...data } };
}

function bookOf(figures: Record<string, readonly [number, number]>): FigureBook {
  return {
    period: parsePeriod('2023-06'),
    figures: new Map(Object.entries(figures).map(([key, pair]) => [key, figureOf(key, pair)])),
  };
}

/** A book with every figure the text may ask for, of the given numbers. */
function fullBook(pairs: readonly (readonly [number, number])[], few: boolean): FigureBook {
  const figures: BulletinFigure[] = [];
  const at = (index: number) => pairs[index % pairs.length]!;
  const rates = ['first_contact', 'on_time', 'resolution', 'satisfaction', 'reopen'];
  for (const [index, id] of ['volume', ...rates].entries()) {
    for (const suffix of ['', '@2023-05', '@2022-06'])
      figures.push(figureOf(`${id}.district${suffix}`, at(index + suffix.length)));
  }
  for (let index = 0; index < 8; index += 1) {
    const rank = few ? null : index + 1;
    const data = { name: `${index}中队`, position: index, rank, rankChange: index - 4, low: 0.2, high: 0.6 };
    figures.push(figureOf(`resolution.unit.u${index}`, at(index), data));
    const category = { name: `类别${index}`, position: index, hot: index === 0 };
    figures.push(figureOf(`volume.category.c${index}`, at(index), category));
    figures.push(figureOf(`volume.category.c${index}@2023-05`, at(index + 3), category));
  }
  const select = (key: string, members: string[]) =>
    figures.push({ ...figureOf(key, [members.length, members.length]), data: { kind: 'count', members } });
  const number = (key: string, value: number) =>
    figures.push({ key, label: key, value, numerator: value, denominator: value, data: { kind: 'count' } });
  number('minimum', 20);
  for (const [index, key] of [
    'overdue.district',
    'overdue.listed',
    'reopened.listed',
    'excluded.district',
    'declined.district',
  ].entries())
    number(key, at(index)[0] % 3);
  select('rising.categories', at(1)[0] % 2 ? ['volume.category.c1', 'volume.category.c2'] : []);
  select('visit.units', at(2)[0] % 2 ? ['resolution.unit.u7'] : []);
  return { period: parsePeriod('2023-06'), figures: new Map(figures.map((figure) => [figure.key, figure])) };
}
