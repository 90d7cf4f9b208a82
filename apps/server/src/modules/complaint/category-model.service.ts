import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { CategoryModels, CategoryScore } from '@bihuan/contract/dictionary';
import {
  type CategoryModel,
  calibrate,
  type Features,
  featuresOf,
  LEAST_CONFIRMED,
  LEAST_OF_CATEGORY,
  LEAST_UNSEEN,
  MOST_WORSE,
  packModel,
  scoreModel,
  splitOrders,
  Trainer,
  thresholdFor,
  unpackModel,
} from '@bihuan/domain/category';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { taskCounts } from '../../platform/jobs/index.ts';
import {
  activeWeights,
  confirmedOrders,
  countConfirmed,
  type FoundCategory,
  fillIn,
  insertModel,
  lockModels,
  readModels,
  unfiledOrders,
} from './category-model.repo.ts';
import { createDictionary, forgetDictionary } from './dictionary.query.ts';

export const TRAIN_TASK = 'category.train';
const ROUNDS = 3;
/** Orders between two pauses: a few milliseconds. */
const CHUNK = 50;
/** Learnt anew when there is so much more to learn from. */
const GROWTH = 1.1;
/** Orders looked at between two transactions. */
const FILL_BATCH = 200;
const compress = promisify(gzip);
const expand = promisify(gunzip);

interface Example {
  readonly features: Features;
  readonly code: string;
  readonly at: number;
  readonly matter: string;
}

/** @returns whether there is a new version, in use or not */
export async function trainIfGrown(deps: Deps, signal?: AbortSignal): Promise<boolean> {
  const [models, confirmed] = await Promise.all([readModels(deps.db), countConfirmed(deps.db)]);
  if (confirmed < LEAST_CONFIRMED || confirmed < (models[0]?.orders ?? 0) * GROWTH) return false;
  return trainCategories(deps, null, signal);
}

/**
 * Learns a model from the orders whose category somebody has confirmed. It is put to use unless it is clearly worse than the
 * one in use; either way it is kept with its figures. A new one in use then looks at the orders that have no category.
 */
export async function trainCategories(deps: Deps, by: string | null, signal?: AbortSignal): Promise<boolean> {
  const examples = await readExamples(deps, signal);
  if (signal?.aborted) return false;
  const counts = new Map<string, number>();
  for (const { code } of examples) counts.set(code, (counts.get(code) ?? 0) + 1);
  const codes = [...counts].flatMap(([code, count]) => (count >= LEAST_OF_CATEGORY ? [code] : [])).sort();
  if (examples.length < LEAST_CONFIRMED || codes.length < 2) return false;

  const { learn, tune, report } = splitOrders(examples);
  const judged = await train(codes, learn, signal);
  if (!judged) return false;
  const temperature = calibrate(judged.model(), tune);
  const model = judged.model(temperature);
  const threshold = thresholdFor(model, tune);
  const score = scoreModel(model, report, threshold);
  const same = await onSameOrders(deps, model, report);
  // What is used has learnt from all of them, the newest too.
  const whole = await train(codes, examples, signal);
  if (!whole) return false;
  const weights = await compress(packModel(whole.model(temperature)));

  const active = await deps.db.transaction(async (trx) => {
    await lockModels(trx);
    const used = (await readModels(trx)).find(({ state }) => state === 'active');
    const compared =
      used === undefined
        ? null
        : same !== null && same.id === used.id
          ? { ...same, which: `同一批 ${same.orders} 件留出件` }
          : { fresh: score.accuracy, used: used.score.accuracy, which: '各自的留出件' };
    const worse = compared !== null && compared.fresh < compared.used - MOST_WORSE;
    await insertModel(trx, {
      at: deps.clock.now(),
      by,
      orders: examples.length,
      threshold,
      score,
      state: worse ? 'rejected' : 'active',
      note: worse
        ? `在${compared.which}上判对 ${percent(compared.fresh)}，低于现用版本的 ${percent(compared.used)}`
        : null,
      weights: worse ? null : weights,
    });
    return !worse;
  });
  forgetDictionary(deps.db);
  if (active) await fillUnfiled(deps, signal);
  return true;
}

/**
 * The new model and the one in use on the same orders: held-back ones received since the latter was trained, which it
 * therefore cannot have learnt. `null` where there is none in use, or too few such orders to tell.
 */
async function onSameOrders(
  { db }: Pick<Deps, 'db'>,
  model: CategoryModel,
  report: readonly Example[],
): Promise<{ id: number; orders: number; fresh: number; used: number } | null> {
  const used = await activeWeights(db);
  if (used === null) return null;
  const unseen = report.filter(({ at }) => at > used.trainedAt.getTime());
  if (unseen.length < LEAST_UNSEEN) return null;
  const before = unpackModel(await expand(used.weights));
  return {
    id: used.id,
    orders: unseen.length,
    fresh: scoreModel(model, unseen, null).accuracy,
    used: scoreModel(before, unseen, null).accuracy,
  };
}

/**
 * Open orders of which nobody has said the category get the machine's where it is sure, marked until a person has confirmed
 * it. Each batch is a transaction of its own; done again it changes nothing.
 * @returns how many were filled in
 */
export async function fillUnfiled(deps: Pick<Deps, 'db' | 'clock' | 'live'>, signal?: AbortSignal): Promise<number> {
  const { categories } = await createDictionary(deps.db, deps.clock).load();
  let filled = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  while (!signal?.aborted) {
    const orders = await unfiledOrders(deps.db, after, FILL_BATCH);
    if (orders.length === 0) break;
    after = orders.at(-1)!.id;
    const found = orders.flatMap(({ id, title, content }): FoundCategory[] => {
      const sure = categories.sure(title, content);
      return sure && !sure.byWords ? [{ id, code: sure.code, confidence: sure.confidence }] : [];
    });
    if (found.length > 0) filled += await deps.db.transaction((trx) => fillIn(trx, found, deps.clock.now()));
    await breathe();
  }
  if (filled > 0) deps.live.wake();
  return filled;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

async function readExamples({ db }: Pick<Deps, 'db'>, signal?: AbortSignal): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const orders of confirmedOrders(db)) {
    for (const [at, order] of orders.entries()) {
      if (at % CHUNK === 0) await breathe();
      examples.push({
        features: featuresOf(order.title, order.content),
        code: order.code,
        at: order.received_at.getTime(),
        matter: order.matter,
      });
    }
    if (signal?.aborted) break;
  }
  return examples;
}

/** The order of learning is mixed, the same way each time. */
async function train(
  codes: readonly string[],
  examples: readonly Example[],
  signal?: AbortSignal,
): Promise<Trainer | null> {
  const trainer = new Trainer(codes);
  const order = Uint32Array.from(examples.keys());
  let state = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = order.length - 1; at > 0; at--) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const other = state % (at + 1);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const [done, at] of order.entries()) {
      if (done % CHUNK === 0) await breathe();
      if (signal?.aborted) return null;
      trainer.learn(examples[at]!.features, examples[at]!.code);
    }
  }
  return trainer;
}

export async function categoryModels({ db, config }: Deps): Promise<CategoryModels> {
  const [models, confirmed, guessed, tasks, names] = await Promise.all([
    readModels(db),
    countConfirmed(db),
    db.query<{ count: number }>('category.guessed', 'select count(*)::int as count from category_guess'),
    taskCounts(db, config.schema),
    db.query<{ code: string; name: string }>('category.names', 'select code, name from category'),
  ]);
  const nameOf = new Map(names.map(({ code, name }) => [code, name]));
  const jobs = tasks.get(TRAIN_TASK);
  return {
    confirmed,
    guessed: guessed[0]!.count,
    least: LEAST_CONFIRMED,
    training: (jobs?.waiting ?? 0) + (jobs?.running ?? 0) > 0,
    models: models.map((model) => ({
      id: model.id,
      trainedAt: model.trained_at.toISOString(),
      trainedBy: model.trained_by,
      orders: model.orders,
      threshold: model.threshold,
      state: model.state,
      note: model.note,
      score: {
        ...model.score,
        byCategory: model.score.byCategory.map((one) => ({ ...one, name: nameOf.get(one.code) ?? one.code })),
      } satisfies CategoryScore,
    })),
  };
}

/** A person says that the category filled in by the machine is right; from then on the order teaches. */
export async function confirmGuess(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, code }: { commandId: string; code: string },
): Promise<{ code: string }> {
  await deps.db.transaction(async (trx) => {
    const scope = complaintScope(actor, 'c', 2);
    const [order] = await trx.query<{ category_code: string | null }>(
      `category.lock_order.${scope.scope}`,
      `select c.category_code from complaint c where c.id = $1 and ${scope.sql} for update`,
      [id, ...scope.values],
    );
    if (!order) throw notFound('诉件');
    const [done] = await trx.query('category.done', 'select 1 from audit_event where command_id = $1', [commandId]);
    if (done) return;
    const [gone] = await trx.query<{ code: string; confidence: number }>(
      'category.confirm',
      'delete from category_guess where complaint_id = $1 and code = $2 returning code, confidence',
      [id, code],
    );
    if (!gone || order.category_code !== code) throw conflict('category_decided', '类别已由他人确认或改动，请刷新');
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'complaint.confirm_category',
      objectType: 'complaint',
      objectId: id,
      data: { code, confidence: gone.confidence },
      commandId,
    });
  });
  return { code };
}
