import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { answerCitizenLink, createCitizenLink, openCitizenLink } from '@bihuan/contract/complaint';
import { citizenAnswer } from '@bihuan/domain/complaint';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import { newToken, tokenHash } from '../../platform/crypto/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound, Problem } from '../../platform/errors.ts';
import { refusal, writeDecision } from './command.service.ts';
import { lockComplaint } from './state.repo.ts';

/** A citizen has this long to answer. */
const LINK_DAYS = 7;
const DAY_MS = 86_400_000;

/** Makes a one-time link for the current round; a link made before for the same order stops working. */
export async function makeLink(
  deps: Deps,
  actor: RequestActor,
  id: string,
): Promise<ResponseOf<typeof createCitizenLink>> {
  const now = deps.clock.now();
  const token = newToken();
  const expiresAt = new Date(now + LINK_DAYS * DAY_MS);
  await deps.db.transaction(async (trx) => {
    const scope = complaintScope(actor, 'c', 2);
    const [row] = await trx.query<{ status: string; round: number }>(
      `citizen_link.order.${scope.scope}`,
      `select c.status, c.round from complaint c where c.id = $1 and ${scope.sql} for update`,
      [id, ...scope.values],
    );
    if (!row) throw notFound('诉件');
    if (row.status !== 'following_up') throw conflict('wrong_status', '只有待回访的诉件可以发出评价链接');
    await trx.query(
      'citizen_link.retire',
      'update citizen_link set expires_at = $2 where complaint_id = $1 and used_at is null and expires_at > $2',
      [id, new Date(now)],
    );
    await trx.query(
      'citizen_link.insert',
      'insert into citizen_link (token_hash, complaint_id, round, created_by, created_at, expires_at) values ($1,$2,$3,$4,$5,$6)',
      [tokenHash(token), id, row.round, actor.personId, new Date(now), expiresAt],
    );
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'complaint.citizen_link',
      objectType: 'complaint',
      objectId: id,
      data: { round: row.round },
    });
  });
  return { url: `${deps.config.publicUrl}/c/${token}`, expiresAt: expiresAt.toISOString() };
}

interface LinkRow {
  complaint_id: string;
  round: number;
  expires_at: Date;
  used_at: Date | null;
}

export async function openLink(deps: Deps, token: string): Promise<ResponseOf<typeof openCitizenLink>> {
  const [row] = await deps.db.query<
    LinkRow & {
      number: string;
      title: string;
      received_at: Date;
      unit_name: string | null;
      result: string | null;
      status: string;
      now_round: number;
    }
  >(
    'citizen_link.open',
    `select l.complaint_id, l.round, l.expires_at, l.used_at, c.number, c.title, c.received_at, u.name as unit_name, r.result, c.status, c.round as now_round
       from citizen_link l join complaint c on c.id = l.complaint_id
       join handling_round r on r.complaint_id = l.complaint_id and r.round = l.round
       left join unit u on u.id = r.unit_id
      where l.token_hash = $1`,
    [tokenHash(token)],
  );
  if (!row) throw notFound('评价链接');
  const gone =
    row.expires_at.getTime() <= deps.clock.now() || row.status !== 'following_up' || row.now_round !== row.round;
  return {
    number: row.number,
    title: row.title,
    receivedAt: row.received_at.toISOString(),
    unitName: row.unit_name ?? '城管执法部门',
    result: row.result,
    state: row.used_at ? 'used' : gone ? 'expired' : 'open',
  };
}

/** The citizen's word: it closes the order, or opens another round. Valid once, also when sent from two tabs. */
export async function answerLink(
  deps: Deps,
  token: string,
  answer: BodyOf<typeof answerCitizenLink>,
  ip: string,
): Promise<ResponseOf<typeof answerCitizenLink>> {
  const now = deps.clock.now();
  const reopened = await deps.db.transaction(async (trx) => {
    const [link] = await trx.query<LinkRow>(
      'citizen_link.lock',
      'select complaint_id, round, expires_at, used_at from citizen_link where token_hash = $1 for update',
      [tokenHash(token)],
    );
    if (!link) throw notFound('评价链接');
    if (link.used_at) throw new Problem(409, 'link_used', '您已评价过，感谢您的反馈');
    const locked = await lockComplaint(trx, link.complaint_id, null, null);
    const state = locked?.state;
    if (
      !state ||
      link.expires_at.getTime() <= now ||
      state.status !== 'following_up' ||
      state.round.round !== link.round
    ) {
      throw new Problem(410, 'link_expired', '评价链接已失效。如问题仍未解决，请拨打12345反映');
    }
    const { calendar, budgetRule } = deps.workingTime;
    const decided = citizenAnswer(state, answer, { now, calendar, budgetRule });
    if (!decided.ok) throw refusal(decided.code);
    await writeDecision(trx, state, decided.decision, { at: now, actor: null, action: 'complaint.follow_up' });
    await trx.query('citizen_link.use', 'update citizen_link set used_at = $2 where token_hash = $1', [
      tokenHash(token),
      new Date(now),
    ]);
    await recordAudit(trx, {
      at: now,
      actor: null,
      action: 'citizen.answer',
      objectType: 'citizen_link',
      objectId: link.complaint_id,
      ip,
    });
    return decided.decision.finishedRound !== undefined;
  });
  deps.live.wake();
  return { reopened };
}
