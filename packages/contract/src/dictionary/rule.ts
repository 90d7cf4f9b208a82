import { ROUND_KINDS, URGENCIES } from '@bihuan/domain/complaint';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { DeadlineEffect, RemoveBody, SHEET_FORMATS, strict, Version } from './common.ts';

export const RULE_PURPOSES = { first_contact: '先行联系', handling: '办理' } as const;
export const RULE_STATES = { now: '现行', coming: '待生效', past: '已被取代', withdrawn: '已撤回' } as const;
export const BUDGET_UNITS = { workday: '工作日', workminute: '工作分钟' } as const;

export const DeadlineRuleItem = Type.Object({
  id: Id,
  purpose: keysOf(RULE_PURPOSES),
  kind: keysOf(ROUND_KINDS),
  urgency: keysOf(URGENCIES),
  budgetUnit: keysOf(BUDGET_UNITS),
  budgetAmount: Type.Integer(),
  /** Holds for rounds begun on this day or later, until the next rule. */
  effectiveFrom: Day,
  basis: nullable(Type.String()),
  state: keysOf(RULE_STATES),
  /** The oldest rule in use of its kind cannot be withdrawn, only replaced. */
  withdrawable: Type.Boolean(),
  madeBy: nullable(PersonRef),
  madeAt: nullable(Instant),
  version: Version,
});
export type DeadlineRuleItem = Static<typeof DeadlineRuleItem>;

export const listDeadlineRules = endpoint({
  id: 'dictionary.deadlineRules',
  method: 'GET',
  path: '/dictionary/deadline-rules',
  access: 'signed-in',
  summary: '时限规则：现行、待生效与历史',
  response: Type.Object({ items: Type.Array(DeadlineRuleItem) }),
});
export const exportDeadlineRules = endpoint({
  id: 'dictionary.exportDeadlineRules',
  method: 'GET',
  path: '/dictionary/deadline-rules/export',
  access: 'signed-in',
  summary: '导出时限规则',
  query: Type.Object({ format: keysOf(SHEET_FORMATS) }, strict),
});

const ruleFields = {
  purpose: keysOf(RULE_PURPOSES),
  kind: keysOf(ROUND_KINDS),
  urgency: keysOf(URGENCIES),
  budgetUnit: keysOf(BUDGET_UNITS),
  budgetAmount: Type.Integer({ minimum: 1, maximum: 100_000 }),
  effectiveFrom: Day,
  basis: nullable(Type.String({ maxLength: 200 })),
  /** The rule of the same day that this one corrects, as the person saw it. */
  replaces: nullable(Type.Object({ id: Id, version: Version }, strict)),
};
export const previewDeadlineRule = endpoint({
  id: 'dictionary.previewDeadlineRule',
  method: 'POST',
  path: '/dictionary/deadline-rules/preview',
  access: 'indicator.configure',
  summary: '时限规则改后，未办结诉件的到期时间如何变动',
  body: Type.Object(ruleFields, strict),
  response: DeadlineEffect,
  rateLimit: 60,
});
export const addDeadlineRule = endpoint({
  id: 'dictionary.addDeadlineRule',
  method: 'POST',
  path: '/dictionary/deadline-rules',
  access: 'indicator.configure',
  summary: '新立时限规则，并重算未办结诉件的到期时间',
  body: Type.Object({ commandId: CommandId, ...ruleFields }, strict),
  response: DeadlineRuleItem,
});
export const withdrawDeadlineRule = endpoint({
  id: 'dictionary.withdrawDeadlineRule',
  method: 'POST',
  path: '/dictionary/deadline-rules/:id/withdrawal',
  access: 'indicator.configure',
  summary: '撤回时限规则，并重算未办结诉件的到期时间',
  params: IdParams,
  body: RemoveBody,
  response: DeadlineRuleItem,
});
