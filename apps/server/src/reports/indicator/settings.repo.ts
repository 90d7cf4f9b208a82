import { DEFAULT_MINIMUM } from '@bihuan/domain/ranking';
import { DEFAULT_WEIGHTS, type Weights } from '@bihuan/domain/scoring';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** Keys in `setting`: both change together, so that a ranking and its score follow one rule. */
const MINIMUM = 'ranking.minimum';
const WEIGHTS = 'scoring.weights';

export interface RankingSettings {
  readonly effectiveFrom: string;
  readonly minimum: number;
  readonly weights: Weights;
}

const DEFAULTS: RankingSettings = { effectiveFrom: '2020-01-01', minimum: DEFAULT_MINIMUM, weights: DEFAULT_WEIGHTS };

/** All settings ever made, oldest first, from the defaults on. */
export async function readAllSettings(sql: Sql): Promise<RankingSettings[]> {
  const rows = await sql.query<{ key: string; effective_from: string; value: unknown }>(
    'indicator.settings',
    'select key, effective_from, value from setting where key in ($1, $2) order by effective_from',
    [MINIMUM, WEIGHTS],
  );
  const all = [DEFAULTS];
  for (const row of rows) {
    const last = all.at(-1)!;
    const next = {
      ...last,
      effectiveFrom: row.effective_from,
      ...(row.key === MINIMUM ? { minimum: row.value as number } : { weights: row.value as Weights }),
    };
    if (last.effectiveFrom === row.effective_from) all[all.length - 1] = next;
    else all.push(next);
  }
  return all;
}

/** The setting of a period is that of its first day: the rule is known before the race. */
export function settingsOn(all: readonly RankingSettings[], day: string): RankingSettings {
  return all.findLast((settings) => settings.effectiveFrom <= day) ?? all[0]!;
}

export async function lockSettings(trx: Trx): Promise<void> {
  await trx.query(null, "select pg_advisory_xact_lock(hashtext('bihuan:indicator-settings'))");
}

/** Whether the command has been carried out before. */
export async function commandDone(trx: Trx, commandId: string): Promise<boolean> {
  return (await trx.query('audit.command', 'select 1 from audit_event where command_id = $1', [commandId])).length > 0;
}

export async function insertSettings(trx: Trx, settings: RankingSettings, changedBy: string, at: Date): Promise<void> {
  await trx.query(
    null,
    `insert into setting (key, effective_from, value, changed_by, changed_at)
     values ($1, $5, $2::jsonb, $6, $7), ($3, $5, $4::jsonb, $6, $7)
     on conflict (key, effective_from) do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    [
      MINIMUM,
      JSON.stringify(settings.minimum),
      WEIGHTS,
      JSON.stringify(settings.weights),
      settings.effectiveFrom,
      changedBy,
      at,
    ],
  );
}
