import type { ResponseOf } from '@bihuan/contract';
import type { commandBulletin } from '@bihuan/contract/bulletin';
import {
  BULLETIN_REFUSALS,
  type BulletinCommand,
  type BulletinDecision,
  type BulletinDecisionResult,
  composeBulletin,
  decideBulletin,
  seesDrafts,
} from '@bihuan/domain/bulletin';
import type { Period } from '@bihuan/domain/indicator';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { beginCorrection, bookOf, untilWords } from './begin.service.ts';
import {
  type BulletinRow,
  commandDone,
  deleteDraft,
  findBulletin,
  insertReceipt,
  lockBulletin,
  nextNumber,
  readBulletinFigures,
  replaceFigures,
  saveBulletin,
  stateOf,
} from './bulletin.repo.ts';
import { tellAll, tellNext, tellWriters } from './notices.ts';
import { periodOfRow } from './source.service.ts';
import { type Taken, takeFigures } from './take-figures.service.ts';

export const ARCHIVE_TASK = 'bulletin.archive';

type CommandResult = ResponseOf<typeof commandBulletin>;
/** Commands as they come in; the text is edited through an endpoint of its own. */
type Request = { commandId: string; version?: number | undefined; command: BulletinCommand };

/** A bulletin that the actor may see: drafts are not there for the others. @throws Problem 404 */
export function visible(row: BulletinRow | null, actor: RequestActor): BulletinRow {
  if (!row || (row.status !== 'published' && !seesDrafts(actor))) throw notFound('通报');
  return row;
}

function accepted(result: BulletinDecisionResult): BulletinDecision {
  if (result.ok) return result.decision;
  const { code } = result;
  if (code === 'text_invalid') {
    const problems = result.problems ?? [];
    throw new Problem(400, code, problems.join('；') || BULLETIN_REFUSALS[code], {
      errors: problems.map((message) => ({ field: '/sections', message })),
    });
  }
  const forbidden = ['not_permitted', 'own_text', 'own_review', 'cannot_receive'].includes(code);
  throw new Problem(forbidden ? 403 : code === 'reason_required' ? 400 : 409, code, BULLETIN_REFUSALS[code]);
}

/**
 * One command on one bulletin: lock, decide, row + figures + audit + notices in one transaction. Figures are taken before the lock, in
 * a transaction of their own from one moment; the decision under the lock says whether they are used.
 */
export async function executeBulletin(
  deps: Deps,
  actor: RequestActor,
  id: string,
  request: Request,
): Promise<CommandResult> {
  const { command } = request;
  const found = await findBulletin(deps.db, id);
  // Sent again after it was carried out: there is nothing left to look at.
  if (!found && command.action === 'discard' && (await commandDone(deps.db, request.commandId)))
    return { id: null, status: 'draft', version: 0, repeated: true };
  const before = visible(found, actor);
  const period = periodOfRow(before);
  const now = deps.clock.now();
  const taken = await takenFor(deps, before, actor, request, period, now);
  const result = await deps.db.transaction(async (trx): Promise<CommandResult> => {
    const row = visible(await lockBulletin(trx, id), actor);
    if (await commandDone(trx, request.commandId))
      return { id, status: row.status, version: row.version, repeated: true };
    if (request.version !== undefined && request.version !== row.version) throw staleVersion();
    const keys = new Set((await readBulletinFigures(trx, id)).map(({ key }) => key));
    const decision = accepted(decideBulletin(stateOf(row), command, actor, keys));
    return writeDecision(trx, deps, {
      actor,
      row,
      decision,
      taken,
      period,
      now,
      command,
      commandId: request.commandId,
    });
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

/** Refused commands take no figures: the same question as under the lock, asked beforehand. */
async function takenFor(
  deps: Deps,
  row: BulletinRow,
  actor: RequestActor,
  { command, commandId }: Request,
  period: Period,
  now: number,
): Promise<Taken | null> {
  const wanted = command.action === 'refresh' || (command.action === 'correct' && command.figures === 'retake');
  if (!wanted || (await commandDone(deps.db, commandId))) return null;
  accepted(decideBulletin(stateOf(row), command, actor, new Set()));
  return takeFigures(deps.db, period, now);
}

interface Writing {
  readonly actor: RequestActor;
  readonly row: BulletinRow;
  readonly decision: BulletinDecision;
  readonly taken: Taken | null;
  readonly period: Period;
  readonly now: number;
  readonly command: BulletinCommand;
  readonly commandId: string;
}

async function writeDecision(trx: Trx, deps: Deps, writing: Writing): Promise<CommandResult> {
  const { actor, row, decision, taken, period, now, command } = writing;
  const { action } = command;
  let result: Omit<CommandResult, 'repeated'> = {
    id: row.id,
    status: decision.next.status,
    version: decision.next.version,
  };
  let data: Record<string, unknown> = {};
  if (decision.revision) {
    const id = await beginCorrection(trx, actor, row, { reason: decision.revision.reason, taken, period, now });
    result = { id, status: 'draft', version: 1 };
    data = { revision: id, figures: decision.revision.figures };
  } else if (decision.discard) {
    await deleteDraft(trx, row.id);
    result = { id: row.supersedes_id, status: 'draft', version: row.version };
    data = { title: row.title, period: row.period_start, revision: row.revision };
  } else if (decision.receiptOfUnit !== null) {
    await insertReceipt(trx, {
      bulletinId: row.id,
      unitId: decision.receiptOfUnit,
      by: actor.personId,
      at: new Date(now),
    });
    data = { unit: decision.receiptOfUnit };
  } else {
    data = await writeBulletin(trx, deps, writing);
  }
  await recordAudit(trx, {
    at: now,
    actor,
    action: `bulletin.${action}`,
    objectType: 'bulletin',
    objectId: row.id,
    fromStatus: row.status,
    toStatus: decision.next.status,
    note: decision.note,
    data,
    commandId: writing.commandId,
  });
  if (action === 'submit' || action === 'approve' || action === 'send_back')
    await tellNext(trx, action, row, decision.next, decision.note, now);
  await tellWriters(trx, actor, row.id);
  return { ...result, repeated: false };
}

/** The bulletin's own row and, in a draft, its figures. @returns facts for the audit */
async function writeBulletin(
  trx: Trx,
  deps: Deps,
  { actor, row, decision, taken, period, now, command }: Writing,
): Promise<Record<string, unknown>> {
  if (decision.retake && taken) {
    await replaceFigures(trx, row.id, taken);
    const text = decision.rewrite ? composeBulletin(bookOf(period, taken), untilWords(taken.asOf)) : {};
    await saveBulletin(trx, { ...decision.next, ...text }, { asOf: new Date(taken.asOf) });
    return { figures: taken.figures.length, rewrite: decision.rewrite };
  }
  if (command.action === 'publish') {
    const number = await nextNumber(trx, row.letterhead.series, Number(dateAt(now).slice(0, 4)));
    await saveBulletin(trx, decision.next, { published: { at: new Date(now), by: actor.personId, number } });
    await tellAll(trx, row, number, row.supersedes_id !== null, now);
    await deps.jobs.add(trx, ARCHIVE_TASK, { id: row.id }, { key: `${ARCHIVE_TASK}:${row.id}` });
    return { number };
  }
  await saveBulletin(trx, decision.next, command.action === 'approve' ? { reviewedAt: new Date(now) } : {});
  return {};
}
