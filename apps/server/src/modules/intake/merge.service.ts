import { setImmediate as breathe } from 'node:timers/promises';
import { maskPersonal } from '@bihuan/domain/intake';
import type { BulkTrx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { firstRound, protectComplainant } from '../complaint/index.ts';
import { type Digests, flagsDigest, indexDigest, joinDigests, splitDigests, textDigest } from './digest.ts';
import type { Incoming } from './incoming.ts';
import {
  type CurrentOrder,
  createStaged,
  findKnown,
  type KnownOrder,
  lockCurrent,
  lockSource,
  type Origin,
  type StagedOrder,
  stageOrders,
  type UpdatedOrder,
  updateOrders,
} from './merge.repo.ts';
import { type Lexicon, namedCategory, stagedOrder, townOf } from './prepare.ts';
import { labelOf, reconcile } from './reconcile.ts';

/** Encrypting can outrun the event loop; other requests get their turn this often. */
const BREATHE_ROWS = 200;

type MergeDeps = Pick<Deps, 'keyring' | 'workingTime'>;

export interface Merged {
  readonly incoming: Incoming;
  /** `conflict`: something of the row was not taken over; the rest was. */
  readonly result: 'created' | 'updated' | 'unchanged' | 'conflict';
  readonly complaintId: string;
  readonly number: string;
  readonly reasons: readonly string[];
}

/**
 * Takes orders of one source in, in the caller's transaction: new ones are created, known ones compared and updated. Of a
 * number that comes twice in one file or batch with different content, the first is taken and the later returned: so the
 * same file again changes nothing.
 */
export async function mergeOrders(
  deps: MergeDeps,
  trx: BulkTrx,
  lexicon: Lexicon,
  origin: Origin,
  batch: readonly Incoming[],
  options: { closeAnswered: boolean },
): Promise<Merged[]> {
  await lockSource(trx, origin.sourceId);
  const firsts = batch.filter(({ repeated }) => !repeated);
  const repeats = batch.filter(({ repeated }) => repeated);
  const merged = await mergeFirsts(deps, trx, lexicon, origin, firsts, options);
  if (repeats.length > 0) merged.push(...(await compareRepeats(trx, origin.sourceId, repeats)));
  return merged;
}

async function compareRepeats(trx: BulkTrx, sourceId: string, repeats: readonly Incoming[]): Promise<Merged[]> {
  const known = await knownByNumber(trx, sourceId, repeats);
  return repeats.map((incoming): Merged => {
    const order = known.get(incoming.externalNo)!;
    const same = order.digests === incoming.digests;
    return {
      incoming,
      result: same ? 'unchanged' : 'conflict',
      complaintId: order.id,
      number: order.number,
      reasons: same ? [] : ['同一编号在本次中出现多次且内容不同，以先出现的为准'],
    };
  });
}

async function knownByNumber(
  trx: BulkTrx,
  sourceId: string,
  rows: readonly Incoming[],
): Promise<ReadonlyMap<string, KnownOrder>> {
  const numbers = rows.map(({ externalNo }) => externalNo);
  return new Map((await findKnown(trx, sourceId, numbers)).map((order) => [order.external_no, order]));
}

async function mergeFirsts(
  deps: MergeDeps,
  trx: BulkTrx,
  lexicon: Lexicon,
  origin: Origin,
  firsts: readonly Incoming[],
  { closeAnswered }: { closeAnswered: boolean },
): Promise<Merged[]> {
  const known = await knownByNumber(trx, origin.sourceId, firsts);
  const merged: Merged[] = [];
  const different: Incoming[] = [];
  const fresh: Incoming[] = [];
  for (const incoming of firsts) {
    const order = known.get(incoming.externalNo);
    if (!order) fresh.push(incoming);
    else if (order.digests !== incoming.digests) different.push(incoming);
    else merged.push({ incoming, result: 'unchanged', complaintId: order.id, number: order.number, reasons: [] });
  }
  if (fresh.length > 0) {
    const options = { now: origin.now, closeAnswered };
    const staged: StagedOrder[] = [];
    for (const incoming of fresh) {
      staged.push(stagedOrder(deps, lexicon, incoming, options));
      if (staged.length % BREATHE_ROWS === 0) await breathe();
    }
    await stageOrders(trx, staged);
    const made = new Map((await createStaged(trx, origin)).map((order) => [order.external_no, order]));
    for (const incoming of fresh) {
      const order = made.get(incoming.externalNo);
      if (order) merged.push({ incoming, result: 'created', complaintId: order.id, number: order.number, reasons: [] });
      // Registered by hand between the look and the write.
      else different.push(incoming);
    }
  }
  if (different.length > 0) merged.push(...(await mergeKnown(deps, trx, lexicon, origin, different)));
  return merged;
}

async function mergeKnown(
  deps: MergeDeps,
  trx: BulkTrx,
  lexicon: Lexicon,
  origin: Origin,
  rows: readonly Incoming[],
): Promise<Merged[]> {
  const found = [...(await knownByNumber(trx, origin.sourceId, rows)).values()];
  const current = new Map(
    (
      await lockCurrent(
        trx,
        found.map(({ id }) => id),
      )
    ).map((order) => [order.external_no, order]),
  );
  const updates: UpdatedOrder[] = [];
  const merged = rows.map((incoming): Merged => {
    const order = current.get(incoming.externalNo)!;
    const { update, conflicts } = compare(deps, lexicon, origin.now, order, incoming);
    updates.push(update);
    const result = conflicts.length > 0 ? 'conflict' : update.changes.length > 0 ? 'updated' : 'unchanged';
    return { incoming, result, complaintId: order.id, number: order.number, reasons: conflicts };
  });
  await updateOrders(trx, origin, updates);
  return merged;
}

function compare(
  deps: MergeDeps,
  lexicon: Lexicon,
  now: number,
  order: CurrentOrder,
  incoming: Incoming,
): { update: UpdatedOrder; conflicts: string[] } {
  const { keyring } = deps;
  const { row } = incoming;
  const digests = splitDigests(incoming.digests) as Digests;
  const open = <T>(cipher: Buffer | null, field: string, plain: T): T | string =>
    cipher === null ? plain : keyring.decrypt(cipher, `complainant.${field}:${order.id}`);
  const originals =
    order.originals_enc === null
      ? {}
      : (JSON.parse(keyring.decrypt(order.originals_enc, `intake_record.originals:${order.id}`)) as Record<
          string,
          string
        >);
  const content = open(order.content_enc, 'content', order.content);
  const before = order.digests === null ? null : splitDigests(order.digests);
  const category = namedCategory(lexicon, incoming);
  // A title is kept masked only: if it still is what the source's title was masked to, nobody changed it.
  const titleLabel = labelOf('title');
  const originalTitle = originals[titleLabel];
  const titleStands =
    originalTitle !== undefined && maskPersonal(originalTitle).masked === order.title
      ? textDigest(keyring, originalTitle)
      : textDigest(keyring, order.title);
  const { take, conflicts, record } = reconcile(
    before,
    {
      receivedAt: String(order.received_at.getTime()),
      title: titleStands,
      content: textDigest(keyring, content),
      address: textDigest(keyring, open(order.address_enc, 'address', order.address)),
      // What the machine filled in is nobody's word yet: it gives way to the source's.
      category: order.category_guessed ? '' : (order.category_code ?? ''),
      kind: order.kind,
      urgency: order.urgency,
      flags: flagsDigest(order.anonymous, order.callback_wanted),
      name: indexDigest(order.name_bidx),
      phone: indexDigest(order.phone_bidx),
      extras: '',
    },
    digests,
    {
      closed: order.status === 'closed' || order.status === 'declined',
      undispatched: order.status === 'received' || order.status === 'accepted',
      plainClock: order.plain_clock,
      contentGrows: row.content.includes(content),
      categoryDiffers: category !== null && (order.category_guessed || category !== order.category_code),
    },
  );
  const takes = new Set(take);
  const kind = takes.has('kind') ? row.kind : order.kind;
  const urgency = takes.has('urgency') ? row.urgency : order.urgency;
  const clock =
    takes.has('kind') || takes.has('urgency')
      ? firstRound(deps, kind, urgency, order.received_at.getTime(), now)
      : null;
  const sealed = protectComplainant(keyring, order.id, {
    name: takes.has('name') ? row.complainantName : null,
    phone: takes.has('phone') ? row.complainantPhone : null,
    content: takes.has('content') ? row.content : '',
    address: takes.has('address') ? row.address : null,
  });
  const [nameEnc, nameBidx, phoneEnc, phoneBidx, contentEnc, addressEnc] = sealed.columns;
  const extras = takes.has('extras') ? { ...order.extras, ...incoming.extras } : order.extras;
  const kept = { ...originals };
  for (const name of takes.has('extras') ? Object.keys(incoming.extras) : []) delete kept[name];
  if (takes.has('title')) delete kept[titleLabel];
  for (const [name, text] of Object.entries(incoming.originals ?? {})) {
    if (name === titleLabel ? takes.has('title') : takes.has('extras')) kept[name] = text;
  }
  return {
    conflicts: conflicts.map(({ message }) => message),
    update: {
      id: order.id,
      kind,
      urgency,
      categoryCode: takes.has('category') ? category : order.category_code,
      categoryNamed: takes.has('category'),
      title: takes.has('title') ? incoming.title : order.title,
      content: takes.has('content') ? sealed.content : order.content,
      address: takes.has('address') ? sealed.address : order.address,
      // A better address may tell the town of an order that had none.
      townId: order.town_id ?? (takes.has('address') ? townOf(lexicon, incoming).townId : null),
      callbackWanted: takes.has('flags') ? incoming.callbackWanted : order.callback_wanted,
      anonymous: takes.has('flags') ? incoming.anonymous : order.anonymous,
      extras: JSON.stringify(extras),
      firstContactDueAt: clock ? new Date(clock.firstContactDueAt) : order.first_contact_due_at,
      dueAt: clock ? new Date(clock.dueAt) : order.due_at,
      nextCheckAt: clock ? (clock.nextCheckAt === null ? null : new Date(clock.nextCheckAt)) : order.next_check_at,
      personal: [
        takes.has('name') ? nameEnc : undefined,
        takes.has('name') ? nameBidx : undefined,
        takes.has('phone') ? phoneEnc : undefined,
        takes.has('phone') ? phoneBidx : undefined,
        takes.has('content') ? contentEnc : undefined,
        takes.has('address') ? addressEnc : undefined,
      ],
      digests: joinDigests(record),
      originals:
        Object.keys(kept).length === 0
          ? null
          : keyring.encrypt(JSON.stringify(kept), `intake_record.originals:${order.id}`),
      changes: take.map(labelOf),
    },
  };
}
