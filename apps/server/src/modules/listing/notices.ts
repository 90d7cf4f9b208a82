import { type Permission, permits, ROLE_NAMES, type Role } from '@bihuan/domain/access';
import { LISTING_REMINDERS, type ListingAction, type ListingReminder, type ListingState } from '@bihuan/domain/listing';
import type { Trx } from '../../platform/db/index.ts';
import { type Notice, notify } from '../../platform/notify/index.ts';
import { unitsOfRoles } from '../../platform/records/index.ts';

const rolesWith = (permission: Permission): Role[] =>
  ROLE_NAMES.filter((role) => permits({ role } as Parameters<typeof permits>[0], permission));
const SPEAKERS = rolesWith('listing.report');
const CHECKERS = rolesWith('listing.propose');
const DECIDERS = rolesWith('listing.decide');

interface Words {
  readonly number: string;
  readonly subject: string;
  readonly proposedUnitId: string;
}
type Level = Notice['level'];

function teller(trx: Trx, state: ListingState, { number, subject, proposedUnitId }: Words, at: number) {
  const base = (level: Level, title: string) => ({
    at,
    kind: 'listing',
    level,
    title,
    body: `${number} ${subject}`,
    objectType: 'listing',
    objectId: state.id,
  });
  const roles = async (level: Level, title: string, to: readonly Role[], units?: readonly string[]) => {
    for (const unitId of units ?? (await unitsOfRoles(trx, to)))
      if (unitId !== state.ownerUnitId) await notify(trx, { ...base(level, title), unitId, roles: to });
  };
  return {
    owner: (level: Level, title: string) =>
      notify(trx, { ...base(level, title), unitId: state.ownerUnitId, roles: SPEAKERS }),
    leader: (level: Level, title: string) => notify(trx, { ...base(level, title), personId: state.leaderId }),
    proposer: (level: Level, title: string) => notify(trx, { ...base(level, title), personId: state.proposedBy }),
    deciders: (level: Level, title: string) => roles(level, title, DECIDERS),
    checkers: (level: Level, title: string) => roles(level, title, CHECKERS, [proposedUnitId]),
  };
}

export async function tellProposed(trx: Trx, state: ListingState, words: Words, at: number): Promise<void> {
  await teller(trx, state, words, at).deciders('info', '挂牌督办待批准');
}

/** Whoever is next hears of it. */
export async function tellListing(
  trx: Trx,
  action: ListingAction,
  state: ListingState,
  words: Words,
  at: number,
): Promise<void> {
  const tell = teller(trx, state, words, at);
  switch (action) {
    case 'approve':
      await tell.owner('danger', '本单位事项已挂牌督办');
      await tell.leader('info', '由您督办的事项已挂牌');
      await tell.proposer('info', '提请的挂牌督办已批准');
      return;
    case 'refuse':
      await tell.proposer('warn', '提请的挂牌督办未获批准');
      return;
    case 'report':
      await tell.checkers('info', '挂牌事项有新的进展报告');
      await tell.leader('info', '挂牌事项有新的进展报告');
      return;
    case 'visit':
      await tell.owner('info', '挂牌事项已到场核查');
      return;
    case 'open_rectification':
      return; // The ledger of rectifications tells whoever owes it.
    case 'extend':
      await tell.owner('info', '挂牌督办时限已延长');
      return;
    case 'ask_delisting':
      await tell.checkers('info', '挂牌事项申请摘牌，待核查');
      return;
    case 'verify':
      if (state.status === 'checked') await tell.deciders('info', '挂牌事项核查通过，待决定摘牌');
      else await tell.owner('warn', '摘牌核查未通过，继续督办');
      return;
    case 'delist':
      await tell.owner('info', '挂牌事项已摘牌');
      await tell.proposer('info', '挂牌事项已摘牌');
      return;
    case 'send_back':
      await tell.owner('warn', '摘牌被退回，继续督办');
      return;
  }
}

export async function tellListingReminder(
  trx: Trx,
  reminder: ListingReminder,
  state: ListingState,
  words: Words,
  at: number,
): Promise<void> {
  const tell = teller(trx, state, words, at);
  const level = reminder === 'soon' ? 'warn' : 'danger';
  await tell.owner(level, LISTING_REMINDERS[reminder]);
  if (reminder !== 'soon') await tell.leader(level, LISTING_REMINDERS[reminder]);
  if (reminder === 'overdue') await tell.checkers(level, LISTING_REMINDERS[reminder]);
}
