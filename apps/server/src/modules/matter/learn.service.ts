import { setImmediate as breathe } from 'node:timers/promises';
import { fitThresholds, type Judged } from '@bihuan/domain/matter';
import { profileOf, siteKey, THRESHOLDS, type Thresholds, Vocabulary } from '@bihuan/domain/similarity';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { countOrders, sampleOrders } from './compare.repo.ts';
import { insertModel } from './model.repo.ts';

/** Spread evenly over the stock; more do not change what is rare. */
const SAMPLE = 20_000;
const CHUNK = 200;
/** Learnt anew when the stock has grown by so much, or so many more judgements are there. */
const GROWTH = 1.5;
const FEW_ORDERS = 500;
const MORE_VERDICTS = 20;

/**
 * A new model, if there is enough new to learn: which words are rare in this district, and where people's judgements put
 * the thresholds. Orders compared before keep their matters.
 * @returns whether there is a new one
 */
export async function learnIfGrown(deps: Pick<Deps, 'db' | 'clock'>, signal?: AbortSignal): Promise<boolean> {
  const [stock, [model], [judged]] = await Promise.all([
    countOrders(deps.db),
    deps.db.query<{ orders: number; verdicts: number }>(
      'matter.model_basis',
      'select orders, verdicts from matter_model order by id desc limit 1',
    ),
    deps.db.query<{ count: number }>(
      'matter.count_judged',
      'select count(*)::int as count from matter_verdict where score is not null',
    ),
  ]);
  const grown = stock >= FEW_ORDERS && stock >= (model?.orders ?? 0) * GROWTH;
  if (!grown && judged!.count < (model?.verdicts ?? 0) + MORE_VERDICTS) return false;
  return learn(deps, signal);
}

async function learn({ db, clock }: Pick<Deps, 'db' | 'clock'>, signal?: AbortSignal): Promise<boolean> {
  const stock = await countOrders(db);
  const vocabulary = Vocabulary.prior();
  const voices = new Set<string>();
  const sample = await sampleOrders(db, Math.min(1, SAMPLE / Math.max(1, stock)), SAMPLE);
  for (const [at, order] of sample.entries()) {
    if (at % CHUNK === 0) await breathe();
    if (signal?.aborted) return false;
    const profile = profileOf(order);
    const site = siteKey(profile.site);
    const voice = site === null ? null : `${site} ${[...profile.titleTopics.keys()].sort().join(' ')}`;
    // One place about which a hundred people complain makes no word common.
    if (voice !== null && voices.has(voice)) continue;
    if (voice !== null) voices.add(voice);
    vocabulary.add(profile.all);
  }
  const { thresholds, count } = await judgedThresholds(db);
  await insertModel(db, {
    at: clock.now(),
    orders: stock,
    vocabulary,
    thresholds,
    verdicts: count,
    note: `抽取 ${sample.length} 件，${vocabulary.size} 个地点与问题`,
  });
  return true;
}

/** Of pairs that the machine suggested and a person answered, or joined and a person took apart. */
async function judgedThresholds(sql: Sql): Promise<{ thresholds: Thresholds; count: number }> {
  const judged = await sql.query<Judged & Record<string, unknown>>(
    'matter.judged',
    'select score, same from matter_verdict where score is not null order by made_at desc limit 5000',
  );
  return { thresholds: fitThresholds(judged, THRESHOLDS), count: judged.length };
}
