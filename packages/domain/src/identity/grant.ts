import { isAdministrator, type Role, type RoleDefinition, roleDefinition } from '../access/index.ts';

export type UnitKind = RoleDefinition['unitKinds'][number];

/** Why a role may not be granted. */
export const GRANT_REFUSALS = {
  own_grant: '不能为本人提出或确认岗位',
  same_hand: '提出与确认须由两人分别办理',
  unit_kind: '该单位不设这一岗位',
  already_held: '该人员在该单位已担任这一岗位',
  administrator_exclusive: '系统、安全、审计管理员须由专人担任，不得兼任其他岗位',
} as const;
export type GrantRefusal = keyof typeof GRANT_REFUSALS;

export interface GrantRequest {
  readonly personId: string;
  readonly unitId: string;
  readonly unitKind: UnitKind;
  readonly role: Role;
  readonly proposedBy: string;
  /** Nobody yet while it is being proposed. */
  readonly decidedBy: string | null;
  /** The person's present posts without the one that this grant replaces. */
  readonly held: readonly { readonly unitId: string; readonly role: Role }[];
}

/**
 * Whether a role may be granted: never to oneself, never by one hand alone, only where the role belongs, and an
 * administrator holds nothing else (三员分立，互不兼任). @returns the reason against it, or nothing
 */
export function refuseGrant(request: GrantRequest): GrantRefusal | null {
  const { personId, proposedBy, decidedBy, role, unitId, unitKind, held } = request;
  if (personId === proposedBy || personId === decidedBy) return 'own_grant';
  if (proposedBy === decidedBy) return 'same_hand';
  if (!roleDefinition(role).unitKinds.includes(unitKind)) return 'unit_kind';
  if (held.some((post) => post.unitId === unitId && post.role === role)) return 'already_held';
  if (held.length > 0 && (isAdministrator(role) || held.some((post) => isAdministrator(post.role))))
    return 'administrator_exclusive';
  return null;
}
