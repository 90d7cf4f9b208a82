import type { DeadlineRuleItem } from '@bihuan/contract/dictionary';
import type { Sql, Trx } from '../../platform/db/index.ts';

type Key = Pick<DeadlineRuleItem, 'purpose' | 'kind' | 'urgency'>;
export type RuleValues = Key & Pick<DeadlineRuleItem, 'budgetUnit' | 'budgetAmount' | 'effectiveFrom' | 'basis'>;

interface Row extends Omit<DeadlineRuleItem, 'state' | 'withdrawable' | 'madeBy' | 'madeAt'> {
  readonly madeById: string | null;
  readonly madeByName: string | null;
  readonly madeAt: Date | null;
  readonly withdrawn: boolean;
}

/** All rules ever made, newest of each kind first. @param today 'YYYY-MM-DD' */
export async function listRules(sql: Sql, today: string): Promise<DeadlineRuleItem[]> {
  const rows = await sql.query<Row & Record<string, unknown>>(
    'rule.list',
    `select r.id, r.purpose, r.kind, r.urgency, r.budget_unit as "budgetUnit", r.budget_amount as "budgetAmount", r.effective_from as "effectiveFrom",
            r.basis, r.version, r.withdrawn_at is not null as withdrawn, r.made_by as "madeById", p.name as "madeByName", r.made_at as "madeAt"
       from deadline_rule r left join person p on p.id = r.made_by
      order by r.purpose, r.kind, r.urgency, r.effective_from desc, r.withdrawn_at is not null, r.id desc`,
  );
  const keyOf = (row: Key) => `${row.purpose}/${row.kind}/${row.urgency}`;
  const inUse = rows.filter((row) => !row.withdrawn);
  const current = new Map<string, string>();
  const oldest = new Map<string, string>();
  for (const row of inUse) {
    if (row.effectiveFrom <= today && !current.has(keyOf(row))) current.set(keyOf(row), row.id);
    oldest.set(keyOf(row), row.id);
  }
  return rows.map(({ withdrawn, madeById, madeByName, madeAt, ...row }) => ({
    ...row,
    state: withdrawn
      ? 'withdrawn'
      : row.effectiveFrom > today
        ? 'coming'
        : current.get(keyOf(row)) === row.id
          ? 'now'
          : 'past',
    withdrawable: !withdrawn && oldest.get(keyOf(row)) !== row.id,
    madeBy: madeById === null ? null : { id: madeById, name: madeByName ?? '' },
    madeAt: madeAt?.toISOString() ?? null,
  }));
}

export interface LockedRule {
  readonly id: string;
  readonly purpose: DeadlineRuleItem['purpose'];
  readonly kind: DeadlineRuleItem['kind'];
  readonly urgency: DeadlineRuleItem['urgency'];
  readonly effective_from: string;
  readonly budget_unit: string;
  readonly budget_amount: number;
  readonly withdrawn_at: Date | null;
  readonly version: number;
}

export async function lockRule(trx: Trx, id: string): Promise<LockedRule | null> {
  const [row] = await trx.query<LockedRule & Record<string, unknown>>(
    'rule.lock',
    'select id, purpose, kind, urgency, effective_from, budget_unit, budget_amount, withdrawn_at, version from deadline_rule where id = $1 for update',
    [id],
  );
  return row ?? null;
}

/** The first day from which on a rule of this kind is in use, without the one left out. */
export async function oldestRuleDay(sql: Sql, key: Key, except: string | null): Promise<string | null> {
  const [row] = await sql.query<{ day: string | null }>(
    'rule.oldest',
    `select min(effective_from) as day from deadline_rule
      where purpose = $1 and kind = $2 and urgency = $3 and withdrawn_at is null and ($4::uuid is null or id <> $4)`,
    [key.purpose, key.kind, key.urgency, except],
  );
  return row?.day ?? null;
}

export async function insertRule(trx: Trx, rule: RuleValues, by: { personId: string; at: Date }): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'rule.insert',
    `insert into deadline_rule (purpose, kind, urgency, budget_unit, budget_amount, effective_from, basis, made_by, made_at)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9) returning id`,
    [
      rule.purpose,
      rule.kind,
      rule.urgency,
      rule.budgetUnit,
      rule.budgetAmount,
      rule.effectiveFrom,
      rule.basis,
      by.personId,
      by.at,
    ],
  );
  return row!.id;
}

export async function withdrawRule(trx: Trx, id: string, by: { personId: string; at: Date }): Promise<void> {
  await trx.query(
    'rule.withdraw',
    'update deadline_rule set withdrawn_by = $2, withdrawn_at = $3, version = version + 1 where id = $1',
    [id, by.personId, by.at],
  );
}
