import type { BodyOf } from '@bihuan/contract';
import {
  type addDeadlineRule,
  type DeadlineEffect,
  type DeadlineRuleItem,
  type previewDeadlineRule,
  RULE_PURPOSES,
  type withdrawDeadlineRule,
} from '@bihuan/contract/dictionary';
import { ROUND_KINDS, URGENCIES } from '@bihuan/domain/complaint';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { askRecompute } from '../complaint/index.ts';
import { today } from './calendar.service.ts';
import { change, rehearse } from './change.ts';
import { effectOf } from './effect.ts';
import { insertRule, type LockedRule, listRules, lockRule, oldestRuleDay, withdrawRule } from './rule.repo.ts';

type RuleBody = BodyOf<typeof previewDeadlineRule>;
type Key = Pick<DeadlineRuleItem, 'purpose' | 'kind' | 'urgency'>;

/** “一般件、次紧急的办理时限” */
export const ruleName = ({ purpose, kind, urgency }: Key): string =>
  `${ROUND_KINDS[kind]}件、${URGENCIES[urgency]}的${RULE_PURPOSES[purpose]}时限`;

const by = (deps: Deps, actor: RequestActor) => ({ personId: actor.personId, at: new Date(deps.clock.now()) });

const show = async (deps: Deps, id: string | null): Promise<DeadlineRuleItem> => {
  const item = (await listRules(deps.db, today(deps))).find((one) => one.id === id);
  if (!item) throw notFound('时限规则');
  return item;
};

/** A rule in use is never changed: one that corrects another of the same day withdraws it. */
async function writeRule(deps: Deps, trx: Trx, actor: RequestActor, body: RuleBody): Promise<string> {
  if (body.replaces) {
    const old = await lockAt(trx, body.replaces.id, body.replaces.version);
    const isSame =
      old.purpose === body.purpose &&
      old.kind === body.kind &&
      old.urgency === body.urgency &&
      old.effective_from === body.effectiveFrom;
    if (!isSame)
      throw invalid('只能更正同一类、同一生效日的规则', [{ field: '/effectiveFrom', message: '更正时生效日不能改' }]);
    await withdrawRule(trx, old.id, by(deps, actor));
  } else {
    const oldest = await oldestRuleDay(trx, body, null);
    if (oldest !== null && body.effectiveFrom < oldest) {
      const message = `不能早于最初一条的生效日 ${oldest}`;
      throw invalid(message, [{ field: '/effectiveFrom', message }]);
    }
  }
  return insertRule(
    trx,
    {
      purpose: body.purpose,
      kind: body.kind,
      urgency: body.urgency,
      budgetUnit: body.budgetUnit,
      budgetAmount: body.budgetAmount,
      effectiveFrom: body.effectiveFrom,
      basis: body.basis?.trim() || null,
    },
    by(deps, actor),
  ).catch((error: { constraint?: string }) => {
    if (error.constraint !== 'deadline_rule_in_use') throw error;
    const message = '这一天已有同类规则生效，请另选生效日，或更正那一条';
    throw conflict('rule_taken', message, { errors: [{ field: '/effectiveFrom', message }] });
  });
}

async function lockAt(trx: Trx, id: string, version: number): Promise<LockedRule> {
  const rule = await lockRule(trx, id);
  if (!rule) throw notFound('时限规则');
  if (rule.version !== version || rule.withdrawn_at) throw staleVersion();
  return rule;
}

/** Orders begun before the day keep their rule, so a rule of a later day moves nothing yet. */
export async function previewRule(deps: Deps, actor: RequestActor, body: RuleBody): Promise<DeadlineEffect> {
  const from = body.effectiveFrom > today(deps) ? body.effectiveFrom : null;
  return rehearse(
    deps,
    async (trx) => void (await writeRule(deps, trx, actor, body)),
    (sql) => effectOf(deps, sql, today(deps), from),
  );
}

/** @throws Problem rule_taken | stale_version | invalid */
export async function saveRule(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof addDeadlineRule>,
): Promise<DeadlineRuleItem> {
  const id = await change(deps, actor, body.commandId, async (trx) => {
    const objectId = await writeRule(deps, trx, actor, body);
    await askRecompute(deps, trx, { cause: 'rules', note: ruleName(body), askedBy: actor.personId });
    const { commandId: _, ...data } = body;
    return { action: 'dictionary.rule_added', objectType: 'deadline_rule', objectId, data };
  });
  return show(deps, id);
}

/** @throws Problem not_found | stale_version | rule_oldest */
export async function takeRuleBack(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof withdrawDeadlineRule>,
): Promise<DeadlineRuleItem> {
  await change(deps, actor, body.commandId, async (trx) => {
    const rule = await lockAt(trx, id, body.version);
    const oldest = await oldestRuleDay(trx, rule, id);
    if (oldest === null || oldest > rule.effective_from)
      throw conflict('rule_oldest', '最初一条规则不能撤回，只能更正');
    await withdrawRule(trx, id, by(deps, actor));
    await askRecompute(deps, trx, { cause: 'rules', note: `撤回${ruleName(rule)}`, askedBy: actor.personId });
    return {
      action: 'dictionary.rule_withdrawn',
      objectType: 'deadline_rule',
      objectId: id,
      note: body.reason,
      data: {
        purpose: rule.purpose,
        kind: rule.kind,
        urgency: rule.urgency,
        budgetUnit: rule.budget_unit,
        budgetAmount: rule.budget_amount,
        effectiveFrom: rule.effective_from,
      },
    };
  });
  return show(deps, id);
}
