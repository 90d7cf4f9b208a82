import { createHash } from 'node:crypto';
import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { PlatformOrder, pushedOrder, pushOrders } from '@bihuan/contract/intake';
import { SIGNATURE_HEADERS } from '@bihuan/contract/intake';
import { STATUSES } from '@bihuan/domain/complaint';
import { cleanBlock, cleanLine, clip, deriveTitle, type IntakeRow, normalisePhone } from '@bihuan/domain/intake';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, Problem } from '../../platform/errors.ts';
import type { Dictionary } from '../complaint/index.ts';
import { type Incoming, incomingOf, SeenNumbers } from './incoming.ts';
import { mergeOrders } from './merge.service.ts';
import { findAnswer, findPushed, keepAnswer, lockKey } from './platform.repo.ts';
import { loadLexicon } from './prepare.ts';
import { isTimely, verify } from './signature.ts';
import { findSourceByCode, type Source } from './sources.repo.ts';

type PushResult = ResponseOf<typeof pushOrders>;

const AHEAD = 60_000;
const KEY = /^[\x21-\x7e]{8,200}$/;
/** Signed with when there is no such source, so that the answer takes as long. */
const NOBODY = 'no such source';

export const secretContext = (sourceId: string): string => `intake_source.secret:${sourceId}`;

const header = (request: FastifyRequest, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/**
 * The source behind a signed request. A source that does not exist, has no secret or is closed is answered like a bad
 * signature.
 * @throws Problem 401 bad_signature
 */
export async function authenticateSource(
  deps: Deps,
  request: FastifyRequest,
  code: string,
  body: Buffer,
): Promise<{ source: Source; idempotencyKey: string }> {
  const source = await findSourceByCode(deps.db, code);
  const usable = source !== null && source.secret_enc !== null && source.closed_at === null;
  const secret = usable ? deps.keyring.decrypt(source.secret_enc!, secretContext(source.id)) : NOBODY;
  const timestamp = header(request, SIGNATURE_HEADERS.timestamp);
  const idempotencyKey = header(request, SIGNATURE_HEADERS.idempotencyKey);
  const genuine = verify(
    source?.signature_algorithm ?? 'sha256',
    secret,
    { method: request.method, path: request.url, timestamp, idempotencyKey, body },
    header(request, SIGNATURE_HEADERS.signature),
  );
  if (!genuine || !usable || !isTimely(timestamp, deps.clock.now()))
    throw new Problem(401, 'bad_signature', '来源、签名或时间戳不对（时间相差不得超过 5 分钟）');
  return { source, idempotencyKey };
}

/** Takes a batch in as one transaction with its idempotency key: the same key and body again gets the same answer. */
export async function receiveOrders(
  deps: Deps,
  dictionary: Dictionary,
  source: Source,
  key: string,
  rawBody: Buffer,
  { orders }: BodyOf<typeof pushOrders>,
): Promise<PushResult> {
  if (!KEY.test(key))
    throw invalid('缺少 Idempotency-Key，应为 8 至 200 个可见 ASCII 字符', [
      { field: '/idempotency-key', message: '必填' },
    ]);
  const requestHash = createHash('sha256').update(rawBody).digest();
  const lexicon = await loadLexicon(deps.db, dictionary);
  const now = deps.clock.now();
  const answer = await deps.db.bulk(async (trx): Promise<PushResult> => {
    await lockKey(trx, source.id, key);
    const before = await findAnswer(trx, source.id, key);
    if (before) {
      if (!before.request_hash.equals(requestHash))
        throw new Problem(422, 'idempotency_key_reused', '该 Idempotency-Key 已用于另一批内容');
      return before.response as PushResult;
    }
    const results: PushResult['results'] = orders.map(({ externalNo }) => ({
      externalNo,
      result: 'rejected',
      number: null,
      reasons: [],
    }));
    const batch: Incoming[] = [];
    const seen = new SeenNumbers();
    for (const [at, order] of orders.entries()) {
      const row = rowOf(order);
      if (row.receivedAt > now + AHEAD) results[at]!.reasons.push('受理时间晚于现在');
      else if (row.content === '' || row.externalNo === null) results[at]!.reasons.push('编号或内容是空的');
      else batch.push(incomingOf(deps.keyring, seen, at + 1, row));
    }
    const merged = await mergeOrders(
      deps,
      trx,
      lexicon,
      {
        sourceId: source.id,
        actor: null,
        now,
        action: 'complaint.register',
        facts: { idempotencyKey: key },
        announce: true,
      },
      batch,
      { closeAnswered: false },
    );
    for (const { incoming, result, number, reasons } of merged)
      Object.assign(results[incoming.rowNo - 1]!, { result, number, reasons: [...reasons] });
    await keepAnswer(trx, source.id, key, requestHash, { results });
    return { results };
  });
  deps.live.wake();
  return answer;
}

const line = (text: string | null | undefined, limit: number): string | null =>
  clip(cleanLine((text ?? '').toWellFormed()), limit) || null;

function rowOf(order: PlatformOrder): IntakeRow {
  const content = cleanBlock(order.content.toWellFormed());
  const phone = line(order.complainantPhone, 100);
  const extras: Record<string, string> = {};
  for (const [name, text] of Object.entries(order.extras ?? {})) {
    const clean = cleanBlock(text.toWellFormed());
    if (clean !== '') extras[cleanLine(name.toWellFormed()) || '其他'] = clean;
  }
  return {
    externalNo: line(order.externalNo, 100),
    receivedAt: Date.parse(order.receivedAt),
    title: line(order.title, 200) ?? deriveTitle(content),
    content,
    address: line(order.address, 500),
    district: null,
    town: line(order.town, 100),
    categories: (order.categories ?? []).map((name) => cleanLine(name.toWellFormed())),
    kind: order.kind ?? 'ordinary',
    urgency: order.urgency ?? 'normal',
    complainantName: line(order.complainantName, 100),
    complainantPhone: phone === null ? null : normalisePhone(phone).text,
    anonymous: order.anonymous ?? null,
    callbackRequired: order.callbackWanted ?? null,
    sourceChannel: null,
    customerType: null,
    primaryUnit: null,
    processingNote: null,
    dueAt: null,
    messageUser: null,
    replyText: null,
    replyAt: null,
    extras,
  };
}

export async function showPushed(
  deps: Deps,
  source: Source,
  externalNo: string,
): Promise<ResponseOf<typeof pushedOrder>> {
  const order = await findPushed(deps.db, source.id, externalNo);
  if (!order) throw notFound('诉件');
  return {
    externalNo: order.external_no,
    number: order.number,
    status: order.status,
    statusLabel: STATUSES[order.status].label,
    unit: order.unit,
    receivedAt: order.received_at.toISOString(),
    dueAt: order.due_at?.toISOString() ?? null,
    closedAt: order.closed_at?.toISOString() ?? null,
    reopenCount: order.reopen_count,
  };
}
