import { scopeOf } from '@bihuan/domain/access';
import { type RequestActor, seesComplaint } from '../access/index.ts';
import type { LiveMessage } from '../deps.ts';

export const concernsComplaint = (message: LiveMessage): boolean => message.topic.startsWith('complaint.');

/** Whether deciding for this actor needs to know which units take part in the complaint. */
export function needsJointUnits(actor: RequestActor): boolean {
  const scope = scopeOf(actor);
  return scope === 'unit' || scope === 'joint';
}

/**
 * Who receives a message. `complaint.*`: whoever may see the complaint. Any other: the person (`officerId`) or the unit
 * (`unitId`, within it the roles in `data.roles` if given) it is addressed to; without an address, everyone signed in.
 */
export function mayReceive(actor: RequestActor, message: LiveMessage, jointUnitIds: readonly string[]): boolean {
  if (concernsComplaint(message)) return seesComplaint(actor, { ...message, jointUnitIds });
  if (message.officerId !== null) return message.officerId === actor.personId;
  if (message.unitId === null) return true;
  if (message.unitId !== actor.unitId) return false;
  const { roles } = message.data;
  return !Array.isArray(roles) || roles.includes(actor.role);
}
