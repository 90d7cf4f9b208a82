import {
  APPRAISAL_ACTIONS,
  APPRAISAL_STATUSES,
  AUDIENCES,
  CORRECTION_AT_MOST,
  DEDUCTIONS,
  ITEMS,
} from '@bihuan/domain/appraisal';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false };
const Words = Type.String({ minLength: 2, maxLength: 2000, pattern: '\\S' });
/** A month, a quarter or a year. */
const AppraisalPeriod = Type.String({ maxLength: 8, pattern: '^\\d{4}(-(Q[1-4]|(0[1-9]|1[0-2])))?$' });
const Code = keysOf({ ...ITEMS, ...DEDUCTIONS });

export const AppraisalItem = Type.Object({
  id: Id,
  audience: keysOf(AUDIENCES),
  period: Type.String(),
  periodLabel: Type.String(),
  from: Day,
  to: Day,
  status: keysOf(APPRAISAL_STATUSES),
  asOf: Instant,
  answersUntil: nullable(Instant),
  confirmedAt: nullable(Instant),
  /** Squadrons or people in it that the reader may see. */
  subjects: Type.Integer(),
  openAnswers: Type.Integer(),
  version: Type.Integer(),
});
export type AppraisalItem = Static<typeof AppraisalItem>;

export const listAppraisals = endpoint({
  id: 'appraisal.list',
  method: 'GET',
  path: '/appraisals',
  access: 'appraisal.read',
  summary: '考核评议清单',
  query: Type.Object({ audience: Type.Optional(keysOf(AUDIENCES)) }, strict),
  response: Type.Object({ items: Type.Array(AppraisalItem), mayManage: Type.Boolean() }),
});

export const makeAppraisal = endpoint({
  id: 'appraisal.make',
  method: 'POST',
  path: '/appraisals',
  access: 'appraisal.manage',
  summary: '作出一个时段的初评',
  body: Type.Object({ commandId: CommandId, audience: keysOf(AUDIENCES), period: AppraisalPeriod }, strict),
  response: Type.Object({ id: Id }),
});

export const AppraisalLine = Type.Object({
  code: Code,
  label: Type.String(),
  numerator: Type.Integer(),
  denominator: Type.Integer(),
  points: Type.Number(),
  of: Type.Number(),
  counted: Type.Boolean(),
  explanation: Type.String(),
});
export type AppraisalLine = Static<typeof AppraisalLine>;

export const AppraisalAnswer = Type.Object({
  id: Id,
  code: nullable(Code),
  words: Type.String(),
  by: PersonRef,
  at: Instant,
  accepted: nullable(Type.Boolean()),
  /** Points added or taken off by the correction. */
  points: nullable(Type.Number()),
  reason: nullable(Type.String()),
  decidedBy: nullable(PersonRef),
  decidedAt: nullable(Instant),
  mayDecide: Type.Boolean(),
});
export type AppraisalAnswer = Static<typeof AppraisalAnswer>;

export const AppraisalSubject = Type.Object({
  id: Id,
  name: Type.String(),
  unit: UnitRef,
  /** With corrections; `null`: too little to go by. */
  total: nullable(Type.Number()),
  /** Place among all appraised; equal totals share it. */
  rank: nullable(Type.Integer()),
  lines: Type.Array(AppraisalLine),
  answers: Type.Array(AppraisalAnswer),
  mayAnswer: Type.Boolean(),
});
export type AppraisalSubject = Static<typeof AppraisalSubject>;

export const Appraisal = Type.Object({
  ...AppraisalItem.properties,
  madeBy: PersonRef,
  confirmedBy: nullable(PersonRef),
  /** All that were appraised, also beyond the reader's scope: what the rank is of. */
  ranked: Type.Integer(),
  results: Type.Array(AppraisalSubject),
  allowedActions: Type.Array(keysOf(APPRAISAL_ACTIONS)),
});
export type Appraisal = Static<typeof Appraisal>;

export const getAppraisal = endpoint({
  id: 'appraisal.get',
  method: 'GET',
  path: '/appraisals/:id',
  access: 'appraisal.read',
  summary: '一次考核：各对象的得分、算法、意见',
  params: IdParams,
  response: Appraisal,
});

export const exportAppraisal = endpoint({
  id: 'appraisal.export',
  method: 'GET',
  path: '/appraisals/:id/export',
  access: 'appraisal.read',
  summary: '导出考核结果（XLSX）',
  params: IdParams,
});

export const APPRAISAL_PARTS = { numerator: '计入分子', denominator: '全部' } as const;
export const AppraisalRecord = Type.Object({
  kind: Type.Enum(['complaint', 'rectification']),
  id: Id,
  number: Type.String(),
  title: Type.String(),
  /** Counted in the numerator. */
  counted: Type.Boolean(),
});
export type AppraisalRecord = Static<typeof AppraisalRecord>;

export const appraisalRecords = endpoint({
  id: 'appraisal.records',
  method: 'GET',
  path: '/appraisals/:id/records',
  access: 'appraisal.read',
  summary: '一个得分背后的记录，取数时冻结',
  params: IdParams,
  query: Type.Object({ subjectId: Id, code: Code }, strict),
  response: Type.Object({
    name: Type.String(),
    line: AppraisalLine,
    items: Type.Array(AppraisalRecord),
    /** Behind the figure, but beyond the reader's scope. */
    hidden: Type.Integer(),
  }),
});

export const commandAppraisal = endpoint({
  id: 'appraisal.command',
  method: 'POST',
  path: '/appraisals/:id/commands',
  access: 'appraisal.read',
  summary: '重新计算、征求意见、审定、作废',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Integer(), action: keysOf(APPRAISAL_ACTIONS) }, strict),
  response: Type.Object({ version: Type.Integer() }),
});

export const answerAppraisal = endpoint({
  id: 'appraisal.answer',
  method: 'POST',
  path: '/appraisals/:id/answers',
  access: 'appraisal.answer',
  summary: '对本人或本中队的考核提出意见',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, subjectId: Id, code: nullable(Code), words: Words }, strict),
  response: Type.Object({ id: Id }),
});

export const decideAnswer = endpoint({
  id: 'appraisal.decideAnswer',
  method: 'POST',
  path: '/appraisals/:id/answers/:answerId',
  access: 'appraisal.manage',
  summary: '答复意见，采纳的更正分数',
  params: Type.Object({ id: Id, answerId: Id }, strict),
  body: Type.Object(
    {
      commandId: CommandId,
      accepted: Type.Boolean(),
      points: Type.Number({ minimum: -CORRECTION_AT_MOST, maximum: CORRECTION_AT_MOST, multipleOf: 0.01 }),
      reason: Words,
    },
    strict,
  ),
  response: Type.Object({ total: nullable(Type.Number()) }),
});

const Scheme = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          code: keysOf(ITEMS),
          weight: Type.Integer({ minimum: 1, maximum: 100 }),
          zero: Type.Number({ minimum: 0, maximum: 1 }),
          full: Type.Number({ minimum: 0, maximum: 1 }),
          minimum: Type.Integer({ minimum: 1, maximum: 10_000 }),
        },
        strict,
      ),
      { maxItems: 20 },
    ),
    deductions: Type.Array(
      Type.Object(
        {
          code: keysOf(DEDUCTIONS),
          each: Type.Number({ minimum: 0, maximum: 100 }),
          most: Type.Number({ minimum: 0, maximum: 100 }),
        },
        strict,
      ),
      { maxItems: 20 },
    ),
  },
  strict,
);

export const AppraisalScheme = Type.Object({
  audience: keysOf(AUDIENCES),
  scheme: Scheme,
  /** `null`: the one that comes with the product. */
  effectiveFrom: nullable(Day),
  history: Type.Array(Type.Object({ effectiveFrom: Day, by: nullable(PersonRef), at: Instant })),
});
export type AppraisalScheme = Static<typeof AppraisalScheme>;

export const readSchemes = endpoint({
  id: 'appraisal.schemes',
  method: 'GET',
  path: '/appraisals/schemes',
  access: 'appraisal.read',
  summary: '考核分值',
  response: Type.Object({ schemes: Type.Array(AppraisalScheme), mayManage: Type.Boolean() }),
});

export const saveScheme = endpoint({
  id: 'appraisal.saveScheme',
  method: 'POST',
  path: '/appraisals/schemes',
  access: 'appraisal.manage',
  summary: '修改考核分值：新增一版，以前的考核不变',
  body: Type.Object({ commandId: CommandId, audience: keysOf(AUDIENCES), effectiveFrom: Day, scheme: Scheme }, strict),
  response: Type.Object({ effectiveFrom: Day }),
});
