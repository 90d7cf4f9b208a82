import type { ComplaintFilter } from '@bihuan/contract/complaint';
import { permits } from '@bihuan/domain/access';
import { normalisePhone } from '@bihuan/domain/intake';
import { fold, wordsOf } from '@bihuan/domain/search';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { complaintWhere, dayEnd, dayStart, type FilterWithoutSearch, type Where } from './list.query.ts';
import { addIndexedSearch, type Search } from './search.query.ts';

const WORDS_AT_MOST = 8;
/** A phone typed whole: its digits and what people write between them. */
const PHONE = /^\+?[0-9][0-9() 转-]{5,}[0-9]$/;
/** One phone belongs to so many orders at most; more is a hotline's own number. */
const PHONE_ORDERS = 2_000;
/** A list that shows the same hits of the same search again within this time is still the same look. */
const SAME_LOOK = 10 * 60_000;

/**
 * Reads what was typed. A phone number is looked for by its blind index, only for those who may see complainants, and each
 * look is in the ledger before its result is shown; for all others a number is text like any other.
 * @returns `null` when nothing was typed
 * @throws Problem 400 when no word has two characters
 */
export async function readSearch(deps: Deps, actor: RequestActor, filter: ComplaintFilter): Promise<Search | null> {
  const { q = '', ...rest } = filter;
  const words = wordsOf(q);
  if (words.length === 0) return null;
  if (words.every((word) => [...word].length < 2)) throw invalid('请输入至少两个字');
  if (words.length > WORDS_AT_MOST) throw invalid(`一次最多搜索 ${WORDS_AT_MOST} 个词`);
  const typed = fold(q).trim();
  if (!PHONE.test(typed) || !permits(actor, 'complaint.reveal')) return { words, phoneIds: [] };
  return { words, phoneIds: await ordersOfPhone(deps, actor, rest, typed) };
}

/** Scope, filters and search in one WHERE, for whoever counts or draws all the orders rather than a page of them. */
export async function searchedWhere(deps: Deps, actor: RequestActor, filter: ComplaintFilter): Promise<Where> {
  const { q: _q, ...rest } = filter;
  const search = await readSearch(deps, actor, filter);
  const where = complaintWhere(deps, actor, rest);
  if (search)
    await addIndexedSearch(deps.db, where, search, {
      from: rest.receivedFrom ? dayStart(rest.receivedFrom) : null,
      until: rest.receivedTo ? dayEnd(rest.receivedTo) : null,
    });
  return where;
}

async function ordersOfPhone(
  deps: Deps,
  actor: RequestActor,
  filter: FilterWithoutSearch,
  typed: string,
): Promise<string[]> {
  const phone = normalisePhone(typed);
  const digest = deps.keyring.blindIndex(phone.text, 'phone');
  const where = complaintWhere(deps, actor, filter);
  where.add((p) => `c.id in (select x.complaint_id from complainant x where x.phone_bidx = ${p})`, digest);
  const rows = await deps.db.query<{ id: string }>(
    null,
    `select c.id from complaint c where ${where.sql} limit ${PHONE_ORDERS}`,
    where.values,
  );
  // A number that is no phone and belongs to nobody was an order's number.
  if (phone.regular || rows.length > 0) await recordLook(deps, actor, digest, rows.length);
  return rows.map(({ id }) => id);
}

const looks = new Map<string, number>();

/** That there was a look, and how many orders it found; never the number itself. */
async function recordLook(deps: Deps, actor: RequestActor, digest: Buffer, hits: number): Promise<void> {
  const now = deps.clock.now();
  const look = `${actor.sessionId} ${digest.toString('base64')} ${hits}`;
  for (const [key, at] of looks) if (now - at >= SAME_LOOK) looks.delete(key);
  if (looks.has(look)) return;
  await recordAudit(deps.db, {
    at: now,
    actor,
    action: 'complaint.search_phone',
    objectType: 'complaint_list',
    data: { hits },
  });
  looks.set(look, now);
}
