import type { PersonDetail } from '@bihuan/contract/org';
import { roleDefinition } from '@bihuan/domain/access';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { closeAccountOf, endSessionsOfPosting, keepLastAdministrator } from '../identity/index.ts';
import {
  findPerson,
  insertPerson,
  isStaffNoTaken,
  lockPerson,
  mobileOf,
  openOrders,
  type PersonRow,
  type PersonValues,
  savePerson,
  savePersonLeft,
} from './person.repo.ts';
import {
  endPostingOn,
  findPosting,
  grantViews,
  type PostingRow,
  postingHistory,
  presentPostings,
  withdrawGrantsOf,
} from './posting.repo.ts';

export async function personDetail(deps: Deps, id: string): Promise<PersonDetail> {
  const person = await findPerson(deps.db, id);
  if (!person) throw notFound('人员');
  const [postings, grants, orders] = await Promise.all([
    postingHistory(deps.db, id),
    grantViews(deps.db, { personId: id }),
    openOrders(deps.db, id),
  ]);
  return {
    id,
    staffNo: person.staff_no,
    name: person.name,
    badgeNo: person.badge_no,
    mobile: mobileOf(deps.keyring, person),
    leftAt: person.left_at?.toISOString() ?? null,
    version: person.version,
    postings: postings.map((row) => ({
      id: row.id,
      unit: { id: row.unit_id, name: row.unit_name },
      role: row.role,
      roleLabel: roleDefinition(row.role).label,
      title: row.title,
      startedOn: row.started_on,
      endedOn: row.ended_on,
    })),
    grants,
    openOrders: orders,
  };
}

export async function createPerson(deps: Deps, actor: RequestActor, person: PersonValues): Promise<{ id: string }> {
  return deps.db.transaction(async (trx) => {
    await refuseTakenStaffNo(trx, person.staffNo, null);
    const id = await insertPerson(trx, deps.keyring, person);
    await record(deps, trx, actor, 'org.person_created', id, { staffNo: person.staffNo, name: person.name });
    return { id };
  });
}

export async function updatePerson(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { version, ...person }: PersonValues & { version: number },
): Promise<{ id: string; version: number }> {
  return deps.db.transaction(async (trx) => {
    const before = await lockCurrent(trx, id, version);
    await refuseTakenStaffNo(trx, person.staffNo, id);
    const saved = await savePerson(trx, deps.keyring, id, person);
    await record(deps, trx, actor, 'org.person_changed', id, {
      before: { staffNo: before.staff_no, name: before.name, badgeNo: before.badge_no },
      after: { staffNo: person.staffNo, name: person.name, badgeNo: person.badgeNo },
      mobileChanged: mobileOf(deps.keyring, before) !== person.mobile,
    });
    return { id, version: saved };
  });
}

/** Leaves: every post ends, what was proposed is withdrawn, the account closes. Comes back: on the books again, without a post. */
export async function setPersonLeft(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { version, left, reason }: { version: number; left: boolean; reason: string },
): Promise<{ id: string; version: number }> {
  refuseOwn(actor, id);
  return deps.db.transaction(async (trx) => {
    const person = await lockCurrent(trx, id, version);
    if ((person.left_at !== null) === left) return { id, version: person.version };
    const now = deps.clock.now();
    const data: Record<string, unknown> = {};
    if (left) {
      await refuseOpenOrders(trx, id, null);
      const posts = await presentPostings(trx, id);
      await keepLastAdministrator(
        trx,
        id,
        posts.map((post) => post.role),
      );
      for (const post of posts) await endPostingOn(trx, post.id, dateAt(now));
      await withdrawGrantsOf(trx, id, actor.personId, new Date(now), reason);
      data.posts = posts.map(postFacts);
      data.accountId = await closeAccountOf(trx, id, now);
    }
    const saved = await savePersonLeft(trx, id, left ? new Date(now) : null);
    await record(deps, trx, actor, left ? 'org.person_left' : 'org.person_returned', id, data, reason);
    return { id, version: saved };
  });
}

export async function endPosting(deps: Deps, actor: RequestActor, postingId: string, reason: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const found = await findPosting(trx, postingId);
    if (!found || !(await lockPerson(trx, found.person_id))) throw notFound('岗位');
    refuseOwn(actor, found.person_id);
    const post = (await presentPostings(trx, found.person_id)).find((row) => row.id === postingId);
    if (!post) return;
    await refuseOpenOrders(trx, post.person_id, post);
    await keepLastAdministrator(trx, post.person_id, [post.role]);
    const now = deps.clock.now();
    await endPostingOn(trx, post.id, dateAt(now));
    await endSessionsOfPosting(trx, post.id, now);
    await record(deps, trx, actor, 'org.posting_ended', post.person_id, postFacts(post), reason);
  });
}

/** Orders assigned to somebody who goes would be nobody's: the squadron assigns them anew first. */
export async function refuseOpenOrders(trx: Trx, personId: string, post: PostingRow | null): Promise<void> {
  const orders = await openOrders(trx, personId, post?.unit_id ?? null);
  if (orders > 0)
    throw conflict('open_orders', `该人员名下还有 ${orders} 件未办结诉件，请先由所在中队改派`, { openOrders: orders });
}

export function postFacts(post: PostingRow): Record<string, unknown> {
  return { postingId: post.id, unitId: post.unit_id, unitName: post.unit_name, role: post.role };
}

function refuseOwn(actor: RequestActor, personId: string): void {
  if (actor.personId === personId) throw new Problem(403, 'own_post', '不能变动本人的岗位，请由另一名系统管理员办理');
}

async function lockCurrent(trx: Trx, id: string, version: number): Promise<PersonRow> {
  const person = await lockPerson(trx, id);
  if (!person) throw notFound('人员');
  if (person.version !== version) throw staleVersion();
  return person;
}

async function refuseTakenStaffNo(trx: Trx, staffNo: string, exceptId: string | null): Promise<void> {
  if (await isStaffNoTaken(trx, staffNo, exceptId))
    throw conflict('staff_no_taken', '工号已被使用', { errors: [{ field: '/staffNo', message: '已被使用' }] });
}

async function record(
  deps: Deps,
  trx: Trx,
  actor: RequestActor,
  action: string,
  id: string,
  data: Record<string, unknown>,
  note: string | null = null,
): Promise<void> {
  await recordAudit(trx, { at: deps.clock.now(), actor, action, objectType: 'person', objectId: id, note, data });
}
