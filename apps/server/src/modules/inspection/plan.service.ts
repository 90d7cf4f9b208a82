import { randomBytes } from 'node:crypto';
import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandPlan, createPlan, editPlan, NewPlan } from '@bihuan/contract/inspection';
import { permits, ROLE_NAMES } from '@bihuan/domain/access';
import {
  ANSWER_WORKDAYS,
  decidePlan,
  INSPECTORS_A_VISIT,
  mayEditPlan,
  type PlanCommand,
  STAND_BACK_YEARS,
} from '@bihuan/domain/inspection';
import {
  canonicalJson,
  commitmentOf,
  DRAW_REFUSALS,
  type DrawPopulation,
  drawText,
  makeDraw,
  populationDigest,
  refuseDraw,
} from '@bihuan/domain/sampling';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import { drawHash } from '../../platform/crypto/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, forbidden, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { findCommitted, insertDraw, readPopulation, saveDrawn } from './draw.repo.ts';
import { tellChanged, tellPlan } from './notices.ts';
import {
  cancelVisits,
  countUsable,
  findPlan,
  formerPosts,
  insertExclusions,
  insertPlan,
  insertVisits,
  type KeptPlan,
  lockPlan,
  nextPlanNumber,
  replaceLists,
  savePlan,
  startAnswering,
  unitsOf,
  updatePlan,
} from './plan.repo.ts';
import { refused } from './refusal.ts';

export const INSPECTOR_ROLES = ROLE_NAMES.filter((role) =>
  permits({ role } as Parameters<typeof permits>[0], 'inspection.carryOut'),
);
const COVERT_LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Of covert plans the number tells nothing: neither how many there are nor when one came to be. */
const covertNumber = (year: number): string =>
  `AC${year}-${Array.from(randomBytes(8), (byte) => COVERT_LETTERS[byte % COVERT_LETTERS.length]).join('')}`;

type PlanDeps = Pick<Deps, 'db' | 'clock' | 'live' | 'workingTime' | 'keyring'>;

export async function draftPlan(
  deps: PlanDeps,
  actor: RequestActor,
  { commandId, plan }: BodyOf<typeof createPlan>,
): Promise<{ id: string; number: string }> {
  const made = await deps.db.transaction(async (trx) => {
    await trx.query('command.lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [commandId]);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return { id: done, number: (await findPlan(trx, done))?.number ?? '' };
    await check(trx, actor, plan);
    const now = deps.clock.now();
    const year = Number(dateAt(now).slice(0, 4));
    const number = plan.manner === 'open' ? await nextPlanNumber(trx, year) : covertNumber(year);
    const id = await insertPlan(trx, number, plan, actor, now);
    await replaceLists(trx, id, plan);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'inspection.create',
      objectType: 'inspection_plan',
      objectId: id,
      toStatus: 'draft',
      commandId,
    });
    await tellChanged(trx, (await findPlan(trx, id))!.state);
    return { id, number };
  });
  deps.live.wake();
  return made;
}

export async function changePlan(
  deps: PlanDeps,
  actor: RequestActor,
  id: string,
  { version, plan }: BodyOf<typeof editPlan>,
): Promise<{ version: number }> {
  const changed = await deps.db.transaction(async (trx) => {
    const kept = await lockPlan(trx, actor, id);
    if (!kept) throw notFound('督察计划');
    const { state } = kept;
    if (state.createdBy !== actor.personId) throw refused('not_planner');
    if (!mayEditPlan(state, actor)) throw conflict('wrong_status', '计划已报批，不能再改');
    if (state.version !== version) throw staleVersion();
    if (plan.manner !== state.manner) throw invalid('明查、暗访定下后不能互换，请另起一份');
    await check(trx, actor, plan);
    await updatePlan(trx, id, plan);
    await replaceLists(trx, id, plan);
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'inspection.edit',
      objectType: 'inspection_plan',
      objectId: id,
    });
    await tellChanged(trx, state);
    return { version: version + 1 };
  });
  deps.live.wake();
  return changed;
}

async function check(trx: Trx, actor: RequestActor, plan: NewPlan): Promise<void> {
  const at = (field: string, message: string) => [{ field: `/plan/${field}`, message }];
  if (plan.startsOn > plan.endsOn) throw invalid('结束日期早于开始日期', at('endsOn', '不能早于开始日期'));
  if (plan.subjectsWanted > plan.subjects.length)
    throw invalid('抽取的对象数多于名单', at('subjectsWanted', `名单只有 ${plan.subjects.length} 个`));
  const unitIds = new Set(plan.subjects.map(({ unitId }) => unitId));
  const usable = await countUsable(trx, plan, INSPECTOR_ROLES);
  if (usable.units !== unitIds.size) throw invalid('督察对象的责任单位应为在编中队', at('subjects', '请重新选择单位'));
  if (usable.candidates !== plan.candidateIds.length)
    throw invalid('督察人员名单中有不能担任督察的人', at('candidateIds', '请重新选择'));
  if (usable.targets !== plan.targets.length) throw invalid('重点对象不存在', at('targets', '请重新选择'));
  if (usable.checklists !== 1) throw invalid('检查表不存在', at('checklistId', '请重新选择'));
  if (usable.matters !== new Set(plan.subjects.flatMap(({ matterId }) => matterId ?? [])).size)
    throw invalid('关联的事项不存在', at('subjects', '请重新选择事项'));
  const candidates = new Set(plan.candidateIds);
  if (plan.exclusions.some(({ personId, unitId }) => !candidates.has(personId) || !unitIds.has(unitId)))
    throw invalid('回避名单与督察人员、对象不符', at('exclusions', '请重新填写'));
  if (new Set(plan.exclusions.map(({ personId, unitId }) => `${personId} ${unitId}`)).size !== plan.exclusions.length)
    throw invalid('回避名单中有重复', at('exclusions', '请删去重复的'));
  if ((await unitsOf(trx, actor.personId)).some((unitId) => unitIds.has(unitId)))
    throw forbidden('不能制定督察本人任职单位的计划');
}

/** Whom the rule itself bars, and why. */
export async function conflictsOf(
  sql: Sql,
  now: number,
  personIds: readonly string[],
  unitIds: readonly string[],
): Promise<{ personId: string; unitId: string; reason: string }[]> {
  const since = new Date(now);
  since.setUTCFullYear(since.getUTCFullYear() - STAND_BACK_YEARS);
  const rows = await formerPosts(sql, personIds, unitIds, since);
  return rows.map(({ personId, unitId, current }) => ({
    personId,
    unitId,
    reason: current ? '现在该单位任职' : `${STAND_BACK_YEARS} 年内曾在该单位任职`,
  }));
}

/** One command: lock, decide, row + draw + visits + events + notices in one transaction. */
export async function executePlan(
  deps: PlanDeps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandPlan>,
): Promise<ResponseOf<typeof commandPlan>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockPlan(trx, actor, id);
    if (!kept) throw notFound('督察计划');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const decided = decidePlan(before, command, { ...actor, unitIds: await unitsOf(trx, actor.personId) }, now);
    if (!decided.ok) throw refused(decided.code);
    const { next, note } = decided.decision;
    await savePlan(trx, before, next, actor.personId, now);
    const facts = await carryOut(trx, deps, actor, kept, command, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: `inspection.${command.action}`,
      objectType: 'inspection_plan',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      note,
      data: facts,
      commandId,
    });
    const after: KeptPlan = { ...kept, state: next };
    await tellPlan(trx, command.action, after, actor, now);
    await tellChanged(trx, next);
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

/** What a command does beside the plan's own row. @returns what the ledger keeps of it */
async function carryOut(
  trx: Trx,
  deps: PlanDeps,
  actor: RequestActor,
  { state }: KeptPlan,
  command: PlanCommand,
  now: number,
): Promise<Record<string, unknown>> {
  switch (command.action) {
    case 'approve':
      return freeze(trx, deps, state.id, state.unitIds, now);
    case 'draw':
      return draw(trx, deps, actor, state.id, command.publicValue.trim(), now);
    case 'cancel':
      await cancelVisits(trx, state.id);
      return {};
    case 'open':
      await startAnswering(trx, state.id, deps.workingTime.calendar.addWorkdays(now, ANSWER_WORKDAYS));
      return {};
    default:
      return {};
  }
}

const NONCE_CONTEXT = (planId: string): string => `inspection_draw.nonce:${planId}`;

/** Freezes the lists and commits to a nonce that nobody knows; what is published binds both. */
async function freeze(
  trx: Trx,
  deps: PlanDeps,
  planId: string,
  unitIds: readonly string[],
  now: number,
): Promise<Record<string, unknown>> {
  const candidates = (await readPopulation(trx, planId)).inspectors.map(({ id }) => id);
  await insertExclusions(trx, planId, await conflictsOf(trx, now, candidates, unitIds));
  const population: DrawPopulation = {
    ...(await readPopulation(trx, planId)),
    frozenAt: new Date(now).toISOString(),
    inspectorsPerSubject: INSPECTORS_A_VISIT,
  };
  const cannot = refuseDraw(population);
  if (cannot) throw conflict(cannot, DRAW_REFUSALS[cannot]);
  const nonce = randomBytes(32).toString('hex');
  const digest = populationDigest(drawHash, population);
  const commitment = commitmentOf(drawHash, nonce, digest);
  await insertDraw(trx, planId, {
    population: canonicalJson(population),
    populationDigest: digest,
    commitment,
    nonce: deps.keyring.encrypt(nonce, NONCE_CONTEXT(planId)),
    at: now,
  });
  return { commitment, populationDigest: digest };
}

async function draw(
  trx: Trx,
  deps: PlanDeps,
  actor: RequestActor,
  planId: string,
  publicValue: string,
  now: number,
): Promise<Record<string, unknown>> {
  const committed = await findCommitted(trx, planId);
  const nonce = deps.keyring.decrypt(committed.nonce, NONCE_CONTEXT(planId));
  const file = makeDraw(drawHash, JSON.parse(committed.population) as DrawPopulation, nonce, publicValue);
  await saveDrawn(trx, planId, {
    publicValue,
    seed: file.seed,
    file: drawText(file),
    digest: file.digest,
    by: actor.personId,
    at: now,
  });
  await insertVisits(trx, planId, file.result.inspectors);
  return { seed: file.seed, digest: file.digest, publicValue };
}
