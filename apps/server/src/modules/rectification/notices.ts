import { type Permission, permits, ROLE_NAMES, type Role } from '@bihuan/domain/access';
import type { RectificationAction, RectificationState, Reminder } from '@bihuan/domain/rectification';
import { REMINDERS } from '@bihuan/domain/rectification';
import type { Trx } from '../../platform/db/index.ts';
import { type Notice, notify } from '../../platform/notify/index.ts';
import { unitsOfRoles } from './rectification.repo.ts';

const rolesWith = (permission: Permission): Role[] =>
  ROLE_NAMES.filter((role) => permits({ role } as Parameters<typeof permits>[0], permission));
/** Who speaks for a unit that owes something; an officer answers only for what he owes himself. */
const SPEAKERS = rolesWith('rectification.handle').filter((role) => role !== 'officer');
const CHECKERS = rolesWith('rectification.verify');
const CLOSERS: readonly Role[] = ['supervision_chief'];
const LEADERS: readonly Role[] = ['bureau_leader'];

interface Words {
  readonly number: string;
  readonly problem: string;
}
type Message = Pick<Notice, 'level' | 'title'>;

function base(state: RectificationState, { number, problem }: Words, at: number, message: Message) {
  return {
    at,
    kind: 'rectification',
    ...message,
    body: `${number} ${problem.length > 60 ? `${problem.slice(0, 60)}…` : problem}`,
    objectType: 'rectification',
    objectId: state.id,
  };
}

async function tellOwner(trx: Trx, state: RectificationState, words: Words, at: number, message: Message) {
  const notice = base(state, words, at, message);
  await notify(trx, { ...notice, unitId: state.ownerUnitId, roles: SPEAKERS });
  if (state.ownerPersonId) await notify(trx, { ...notice, personId: state.ownerPersonId });
}

async function tellRoles(
  trx: Trx,
  state: RectificationState,
  words: Words,
  at: number,
  message: Message,
  roles: readonly Role[],
) {
  const notice = base(state, words, at, message);
  // Nobody of the unit that owes it is asked to judge it.
  for (const unitId of (await unitsOfRoles(trx, roles)).filter((one) => one !== state.ownerUnitId))
    await notify(trx, { ...notice, unitId, roles });
}

export const tellIssued = (trx: Trx, state: RectificationState, words: Words, at: number): Promise<void> =>
  tellOwner(trx, state, words, at, { level: 'warn', title: '收到整改通知' });

/** Whoever is next hears of it. */
export async function tellNext(
  trx: Trx,
  action: RectificationAction,
  state: RectificationState,
  words: Words,
  at: number,
): Promise<void> {
  const owner = (level: Message['level'], title: string) => tellOwner(trx, state, words, at, { level, title });
  const roles = (title: string, to: readonly Role[]) => tellRoles(trx, state, words, at, { level: 'info', title }, to);
  const checkers = async (title: string) => {
    const notice = base(state, words, at, { level: 'info', title });
    if (state.issuedUnitId !== state.ownerUnitId)
      await notify(trx, { ...notice, unitId: state.issuedUnitId, roles: CHECKERS });
  };
  switch (action) {
    case 'assign':
      return owner('info', '整改责任人已指定');
    case 'submit':
      return checkers('整改已提交，待核验');
    case 'verify':
      return state.status === 'verified'
        ? roles('整改已核验，待销号', CLOSERS)
        : owner('warn', '整改未通过核验，已退回');
    case 'send_back':
      return owner('warn', '整改被退回');
    case 'sign_off':
      return owner('info', '整改已销号');
    case 'object':
      return roles('整改异议待裁定', CLOSERS);
    case 'decide_objection':
    case 'decide_appeal':
      return state.status === 'cancelled'
        ? owner('info', '异议成立，整改已撤销')
        : owner('warn', '异议未获支持，请继续整改');
    case 'appeal':
      return roles('整改复核待裁定', LEADERS);
    case 'request_extension':
      return roles('整改延期待审批', CLOSERS);
    case 'decide_extension':
      return owner('info', '整改延期申请已审批');
    case 'urge':
      return owner('warn', '请抓紧整改');
    case 'cancel':
      return owner('info', '整改已撤销');
  }
}

/** Up the line, the later the higher. */
export async function tellReminder(
  trx: Trx,
  reminder: Reminder,
  state: RectificationState,
  words: Words,
  at: number,
): Promise<void> {
  const message: Message = {
    level: reminder === 'soon' || reminder === 'waiting' ? 'warn' : 'danger',
    title: REMINDERS[reminder],
  };
  if (reminder === 'waiting') return tellRoles(trx, state, words, at, message, ['supervisor', ...CLOSERS]);
  await tellOwner(trx, state, words, at, message);
  if (reminder === 'overdue') await tellRoles(trx, state, words, at, message, ['supervisor']);
  if (reminder === 'overdue_3') await tellRoles(trx, state, words, at, message, CLOSERS);
  if (reminder === 'overdue_7') await tellRoles(trx, state, words, at, message, LEADERS);
}
