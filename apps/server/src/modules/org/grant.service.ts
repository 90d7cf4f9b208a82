import type { Role } from '@bihuan/domain/access';
import { isAdministrator, roleDefinition } from '@bihuan/domain/access';
import { GRANT_REFUSALS, type GrantRefusal, refuseGrant } from '@bihuan/domain/identity';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import { endSessionsOfPosting, keepLastAdministrator } from '../identity/index.ts';
import { lockPerson, openOrders } from './person.repo.ts';
import { postFacts, refuseOpenOrders } from './person.service.ts';
import {
  endPostingOn,
  findGrant,
  type GrantRow,
  insertGrant,
  insertPosting,
  isProposed,
  lockGrant,
  presentPostings,
  settleGrant,
} from './posting.repo.ts';
import { findUnit, type UnitRow } from './unit.repo.ts';

export interface ProposedPost {
  commandId: string;
  unitId: string;
  role: Role;
  title: string | null;
  /** 'YYYY-MM-DD'. */
  startsOn: string;
  replacesPostingId: string | null;
  reason: string;
}

/**
 * Proposes a post. It carries no right until the security administrator grants it: only then does a posting come to be.
 * The proposal's id is the command's, so that the same command again answers the same.
 */
export async function proposePost(
  deps: Deps,
  actor: RequestActor,
  personId: string,
  post: ProposedPost,
): Promise<{ id: string; openOrders: number }> {
  const result = await deps.db.transaction((trx) => proposeIn(trx, deps, actor, personId, post));
  deps.live.wake();
  return result;
}

export async function proposeIn(
  trx: Trx,
  deps: Pick<Deps, 'clock'>,
  actor: RequestActor,
  personId: string,
  post: ProposedPost,
): Promise<{ id: string; openOrders: number }> {
  const person = await lockPerson(trx, personId);
  if (!person) throw notFound('人员');
  const done = await findGrant(trx, post.commandId);
  if (done) {
    if (done.person_id !== personId) throw conflict('command_reused', '操作编号已用于另一人员');
    return { id: done.id, openOrders: await openOrders(trx, personId) };
  }
  if (person.left_at) throw conflict('person_left', '该人员已离职，请先恢复在册');
  const unit = await openUnit(trx, post.unitId);
  const { replaced } = await checkGrant(trx, { ...rowOf(post, personId, actor.personId) }, unit, null);
  if (replaced && post.startsOn < replaced.started_on)
    throw invalid('到任日期不能早于原任职的开始日期', [{ field: '/startsOn', message: '早于原任职' }]);
  if (await isProposed(trx, personId, post.unitId, post.role))
    throw conflict('already_proposed', '同一岗位已提出，正等待安全管理员确认');
  const now = deps.clock.now();
  await insertGrant(trx, {
    ...rowOf(post, personId, actor.personId),
    reason: post.reason.trim(),
    proposed_at: new Date(now),
  });
  await recordAudit(trx, {
    at: now,
    actor,
    action: 'org.post_proposed',
    objectType: 'person',
    objectId: personId,
    note: post.reason.trim(),
    data: {
      grantId: post.commandId,
      unitId: unit.id,
      unitName: unit.name,
      role: post.role,
      startsOn: post.startsOn,
      replaces: replaced ? postFacts(replaced) : null,
    },
    commandId: post.commandId,
  });
  await tellSecurityAdministrators(
    trx,
    now,
    post.commandId,
    `${person.name}：${unit.name}${roleDefinition(post.role).label}`,
  );
  return { id: post.commandId, openOrders: replaced ? await openOrders(trx, personId, replaced.unit_id) : 0 };
}

export async function withdrawGrant(deps: Deps, actor: RequestActor, id: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const grant = await lockGrant(trx, id);
    if (!grant) throw notFound('任职申请');
    if (grant.status === 'withdrawn') return;
    if (grant.status !== 'pending') throw conflict('already_decided', '安全管理员已办理，不能撤回');
    const now = deps.clock.now();
    await settleGrant(trx, id, {
      status: 'withdrawn',
      by: actor.personId,
      at: new Date(now),
      note: null,
      postingId: null,
    });
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'org.post_withdrawn',
      objectType: 'person',
      objectId: grant.person_id,
      data: { grantId: id, unitId: grant.unit_id, role: grant.role },
    });
  });
}

/** The security administrator's word. Granted: the posting begins, and the one it replaces ends the day before. */
export async function decideGrant(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { grant: isGranted, note }: { grant: boolean; note: string | null },
): Promise<void> {
  if (!isGranted && !note?.trim()) throw invalid('请写明不同意的理由', [{ field: '/note', message: '必填' }]);
  await deps.db.transaction(async (trx) => {
    const found = await findGrant(trx, id);
    if (!found) throw notFound('任职申请');
    // The person first, as everywhere: whoever waits, waits in the same order.
    const person = await lockPerson(trx, found.person_id);
    const grant = (await lockGrant(trx, id)) as GrantRow;
    const status = isGranted ? 'granted' : 'refused';
    if (grant.status === status) return;
    if (grant.status !== 'pending') throw conflict('already_decided', '该申请已办理或已撤回，请刷新');
    const now = deps.clock.now();
    const unit = await openUnit(trx, grant.unit_id);
    let postingId: string | null = null;
    let ended: Record<string, unknown> | null = null;
    if (isGranted) {
      if (!person || person.left_at) throw conflict('person_left', '该人员已离职');
      if (grant.starts_on > dateAt(now)) throw conflict('not_yet', `到任日期为 ${grant.starts_on}，请届时再确认`);
      const { replaced } = await checkGrant(trx, grant, unit, actor.personId);
      if (replaced) {
        await refuseOpenOrders(trx, grant.person_id, replaced);
        if (isAdministrator(replaced.role)) await keepLastAdministrator(trx, grant.person_id, [replaced.role]);
        await endPostingOn(trx, replaced.id, dayBefore(grant.starts_on));
        await endSessionsOfPosting(trx, replaced.id, now);
        ended = postFacts(replaced);
      }
      postingId = await insertPosting(trx, {
        personId: grant.person_id,
        unitId: grant.unit_id,
        role: grant.role,
        title: grant.title,
        startedOn: grant.starts_on,
      });
    } else if (actor.personId === grant.person_id) {
      throw refusal('own_grant');
    }
    await settleGrant(trx, id, {
      status,
      by: actor.personId,
      at: new Date(now),
      note: note?.trim() || null,
      postingId,
    });
    await recordAudit(trx, {
      at: now,
      actor,
      action: isGranted ? 'identity.role_granted' : 'identity.role_refused',
      objectType: 'person',
      objectId: grant.person_id,
      note: note?.trim() || null,
      data: { grantId: id, postingId, unitId: unit.id, unitName: unit.name, role: grant.role, ended },
    });
    const post = `${unit.name}${roleDefinition(grant.role).label}`;
    await notify(trx, {
      at: now,
      personId: isGranted ? grant.person_id : grant.proposed_by,
      kind: 'org.grant_decided',
      level: isGranted ? 'info' : 'warn',
      title: isGranted ? `您的新岗位已生效：${post}` : `任职未获同意：${person?.name ?? ''} ${post}`,
      body: note?.trim() || null,
      dedupeKey: `grant:${id}`,
    });
  });
  deps.live.wake();
}

/** @returns the posting that the grant replaces, if any */
async function checkGrant(trx: Trx, grant: Omit<GrantRow, 'status'>, unit: UnitRow, decidedBy: string | null) {
  const present = await presentPostings(trx, grant.person_id);
  const replaced = present.find((post) => post.id === grant.replaces_posting_id) ?? null;
  if (grant.replaces_posting_id && !replaced)
    throw conflict('posting_ended', '要调离的岗位已经结束，请重新提出', {
      errors: [{ field: '/replacesPostingId', message: '已结束' }],
    });
  const code = refuseGrant({
    personId: grant.person_id,
    unitId: unit.id,
    unitKind: unit.kind,
    role: grant.role,
    proposedBy: grant.proposed_by,
    decidedBy,
    held: present.filter((post) => post !== replaced).map((post) => ({ unitId: post.unit_id, role: post.role })),
  });
  if (code) throw refusal(code);
  return { replaced };
}

const FIELDS: Partial<Record<GrantRefusal, string>> = {
  unit_kind: '/role',
  already_held: '/role',
  administrator_exclusive: '/role',
};

function refusal(code: GrantRefusal): Problem {
  const field = FIELDS[code];
  return new Problem(field ? 409 : 403, code, GRANT_REFUSALS[code], {
    ...(field ? { errors: [{ field, message: GRANT_REFUSALS[code] }] } : {}),
  });
}

async function openUnit(trx: Trx, id: string): Promise<UnitRow> {
  const unit = await findUnit(trx, id);
  if (!unit || unit.closed_at) throw invalid('单位不存在或已撤销', [{ field: '/unitId', message: '请重新选择' }]);
  return unit;
}

const rowOf = (post: ProposedPost, personId: string, proposedBy: string): Omit<GrantRow, 'status'> => ({
  id: post.commandId,
  person_id: personId,
  unit_id: post.unitId,
  role: post.role,
  title: post.title?.trim() || null,
  starts_on: post.startsOn,
  replaces_posting_id: post.replacesPostingId,
  proposed_by: proposedBy,
});

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

async function tellSecurityAdministrators(trx: Trx, now: number, grantId: string, what: string): Promise<void> {
  const holders = await trx.query<{ person_id: string }>(
    'org.security_administrators',
    "select distinct person_id from posting where role = 'security_admin' and ended_on is null",
  );
  for (const { person_id } of holders) {
    await notify(trx, {
      at: now,
      personId: person_id,
      kind: 'org.grant_proposed',
      level: 'info',
      title: `待确认岗位：${what}`,
      objectType: 'role_grant',
      objectId: grantId,
      dedupeKey: `grant-proposed:${grantId}:${person_id}`,
    });
  }
}
