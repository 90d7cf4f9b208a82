import type { Permission } from './permissions.ts';
import { type Role, roleDefinition, type Scope } from './roles.ts';

export { PERMISSIONS, type Permission } from './permissions.ts';
export {
  isAdministrator,
  ROLE_NAMES,
  ROLES,
  type Role,
  type RoleDefinition,
  roleDefinition,
  type Scope,
} from './roles.ts';

/** Whoever acts, in one post. A person with two posts acts in one at a time. */
export interface Actor {
  readonly personId: string;
  readonly unitId: string;
  /** The town a town liaison stands for, or the town of the actor's squadron. */
  readonly townId: string | null;
  readonly role: Role;
}

export function permits(actor: Actor, permission: Permission): boolean {
  return roleDefinition(actor.role).permissions.includes(permission);
}

export function scopeOf(actor: Actor): Scope {
  return roleDefinition(actor.role).scope;
}
