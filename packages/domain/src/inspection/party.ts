import type { Actor } from '../access/index.ts';

/** Whoever acts, with every unit in which he serves now: a second post does not make a stranger of him. */
export interface Inspector extends Actor {
  readonly unitIds: readonly string[];
}

export const servesAt = (actor: Inspector, unitId: string): boolean =>
  actor.unitId === unitId || actor.unitIds.includes(unitId);
