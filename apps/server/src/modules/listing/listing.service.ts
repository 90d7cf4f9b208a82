import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandListing, NewListing, proposeListing } from '@bihuan/contract/listing';
import {
  decideListing,
  LISTING_REFUSALS,
  type ListingRefusal,
  type ListingState,
  listingDueAt,
  nextListingCheckAt,
  reportPeriodAt,
} from '@bihuan/domain/listing';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import { checkOwnFiles, holdsRole, nextRecordNumber, openUnit } from '../../platform/records/index.ts';
import { openRectification } from '../rectification/index.ts';
import { seesListing } from './listing.query.ts';
import {
  findListing,
  insertEntry,
  insertListing,
  insertListingFiles,
  type KeptListing,
  type ListingWords,
  lockListing,
  matterIsThere,
  rectificationOwner,
  saveListing,
} from './listing.repo.ts';
import { tellListing, tellProposed } from './notices.ts';

/** Proposed for the list: the row, the ledger of events, notice to whoever decides. */
export async function propose(
  deps: Deps,
  actor: RequestActor,
  { commandId, listing }: BodyOf<typeof proposeListing>,
): Promise<ResponseOf<typeof proposeListing>> {
  const made = await deps.db.transaction(async (trx) => {
    await trx.query('command.lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [commandId]);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return { id: done, number: (await findListing(trx, done))?.number ?? '' };
    await check(trx, actor, listing);
    const now = deps.clock.now();
    const number = await nextRecordNumber(trx, 'listing', Number(dateAt(now).slice(0, 4)));
    const id = await insertListing(trx, {
      number,
      source: listing.source,
      matterId: listing.source === 'matter' ? (listing.matterId ?? null) : null,
      rectificationId: listing.source === 'rectification' ? (listing.rectificationId ?? null) : null,
      sourceNote: listing.sourceNote?.trim() || null,
      level: listing.level,
      subject: listing.subject.trim(),
      reason: listing.reason.trim(),
      demand: listing.demand.trim(),
      ownerUnitId: listing.ownerUnitId,
      leaderId: listing.leaderId,
      proposedBy: actor.personId,
      proposedUnitId: actor.unitId,
      proposedAt: now,
      workdays: listing.workdays,
      reportEvery: listing.reportEvery,
    });
    if (id === null) throw conflict('already_listed', '该事项已挂牌或正在提请挂牌');
    if (listing.fileIds?.length)
      await insertListingFiles(
        trx,
        id,
        { ids: listing.fileIds, stage: 'proposal', entryId: null },
        actor.personId,
        now,
      );
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'listing.propose',
      objectType: 'listing',
      objectId: id,
      toStatus: 'proposed',
      note: listing.reason,
      data: { source: listing.source, level: listing.level, unit: listing.ownerUnitId, workdays: listing.workdays },
      commandId,
    });
    const kept = (await findListing(trx, id))!;
    await tellProposed(trx, kept.state, kept, now);
    await publish(trx, { topic: 'listing.changed', objectId: id });
    return { id, number };
  });
  deps.live.wake();
  return made;
}

async function check(trx: Trx, actor: RequestActor, listing: NewListing): Promise<void> {
  const at = (field: string, message: string) => ({ field: `/listing/${field}`, message });
  if ((await openUnit(trx, listing.ownerUnitId))?.kind !== 'squadron')
    throw invalid('责任单位应为在用的中队', [at('ownerUnitId', '请重新选择')]);
  if (!(await holdsRole(trx, listing.leaderId, 'bureau_leader')))
    throw invalid('督办领导应为现任局领导', [at('leaderId', '请重新选择')]);
  if (listing.source === 'matter' && !(listing.matterId && (await matterIsThere(trx, listing.matterId))))
    throw invalid('请选择反复诉求的事项', [at('matterId', '事项不存在')]);
  if (listing.source === 'rectification') {
    const owner = listing.rectificationId ? await rectificationOwner(trx, listing.rectificationId) : null;
    if (owner === null) throw invalid('请选择整改不到位的整改', [at('rectificationId', '整改不存在')]);
    if (owner !== listing.ownerUnitId)
      throw invalid('责任单位与该项整改的不同', [at('ownerUnitId', '应为承担该项整改的单位')]);
  }
  if (['media', 'case'].includes(listing.source) && !listing.sourceNote?.trim())
    throw invalid('请写明来源', [at('sourceNote', '媒体名称与日期，或案号')]);
  await checkOwnFiles(trx, actor.personId, listing.fileIds, '/listing/fileIds');
}

const FORBIDDEN: ReadonlySet<ListingRefusal> = new Set([
  'not_permitted',
  'not_owner',
  'own_work',
  'own_proposal',
  'own_check',
]);
const INVALID: ReadonlySet<ListingRefusal> = new Set(['reason_required', 'evidence_required', 'bad_days']);
const FIELD: Partial<Record<ListingRefusal, string>> = {
  evidence_required: '/command/fileIds',
  bad_days: '/command/workdays',
};

function refused(code: ListingRefusal): Problem {
  const detail = LISTING_REFUSALS[code];
  const field = FIELD[code];
  return new Problem(
    FORBIDDEN.has(code) ? 403 : INVALID.has(code) ? 400 : 409,
    code,
    detail,
    field ? { errors: [{ field, message: detail }] } : {},
  );
}

/** One command: lock, decide, row + clock + report + files + rectification + events + notices in one transaction. */
export async function executeListing(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandListing>,
): Promise<ResponseOf<typeof commandListing>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockListing(trx, id);
    if (!kept || !(await seesListing(trx, actor, id))) throw notFound('挂牌事项');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const decided = decideListing(before, command, actor, kept, now);
    if (!decided.ok) throw refused(decided.code);
    const { next, note, entry, files } = decided.decision;
    await checkOwnFiles(trx, actor.personId, files?.ids, '/command/fileIds');
    await saveListing(trx, before, next, actor.personId, momentsOf(deps, next, now), wordsOf(command, note));
    const entryId =
      entry === null
        ? null
        : await insertEntry(
            trx,
            id,
            { kind: entry, period: reportPeriodAt(next, now, deps.workingTime.calendar), text: note ?? '' },
            actor,
            now,
          );
    if (files) await insertListingFiles(trx, id, { ...files, entryId }, actor.personId, now);
    const opened = command.action === 'open_rectification' ? await rectify(trx, deps, actor, kept, command) : null;
    await recordAudit(trx, {
      at: now,
      actor,
      action: `listing.${command.action}`,
      objectType: 'listing',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      note,
      data: factsOf(command, opened),
      commandId,
    });
    await tellListing(trx, command.action, next, kept, now);
    await publish(trx, { topic: 'listing.changed', objectId: id });
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

type Command = BodyOf<typeof commandListing>['command'];

/** What was found on the way is put right by the one ledger. */
function rectify(
  trx: Trx,
  deps: Deps,
  actor: RequestActor,
  kept: KeptListing,
  command: Extract<Command, { action: 'open_rectification' }>,
): Promise<{ id: string; number: string }> {
  return openRectification(trx, deps, actor, {
    source: 'listing',
    sourceId: kept.state.id,
    matterId: kept.matterId,
    type: command.type,
    problem: command.problem,
    basis: `挂牌督办 ${kept.number}`,
    ownerUnitId: kept.state.ownerUnitId,
    ownerPersonId: command.ownerPersonId ?? null,
    workdays: command.workdays,
    recurrenceOf: command.recurrenceOf ?? null,
  });
}

const momentsOf = ({ workingTime: { calendar } }: Pick<Deps, 'workingTime'>, next: ListingState, now: number) => ({
  now,
  dueAt: listingDueAt(next, calendar, now),
  nextCheckAt: nextListingCheckAt(next, calendar, now),
});

function wordsOf(command: Command, note: string | null): ListingWords {
  switch (command.action) {
    case 'approve':
    case 'refuse':
      return { decisionNote: note };
    case 'ask_delisting':
      return { result: command.result.trim() };
    case 'verify':
      return { checkResult: command.result.trim() };
    case 'delist':
      return { delistNote: note };
    default:
      return {};
  }
}

/** What the ledger keeps of a command beside its words. */
function factsOf(command: Command, opened: { number: string } | null): Record<string, unknown> {
  switch (command.action) {
    case 'verify':
      return { passed: command.passed };
    case 'extend':
      return { workdays: command.workdays };
    case 'open_rectification':
      return { rectification: opened?.number ?? null };
    default:
      return {};
  }
}
