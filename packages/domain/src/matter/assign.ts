import type { Thresholds } from '../similarity/index.ts';

/** An earlier order that a new one is like, and the matter it is of. */
export interface Like {
  readonly orderId: string;
  readonly matterId: string;
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** What people said of this order and earlier ones. */
export interface Verdicts {
  /** The matters of orders that it is one with; the earliest first. */
  readonly same: readonly { readonly orderId: string; readonly matterId: string }[];
  /** The matters of orders that it is not one with. */
  readonly different: ReadonlySet<string>;
}

export interface Assignment {
  readonly matterId: string;
  readonly decision: 'separate' | 'joined';
  /** Somebody said so; no machine changes it. */
  readonly byPerson: boolean;
  readonly likeId: string | null;
  readonly score: number | null;
  readonly reasons: readonly string[];
  /** Another matter that it may be of: a person decides. */
  readonly suggestion: { readonly likeId: string; readonly score: number; readonly reasons: readonly string[] } | null;
}

export const NO_VERDICTS: Verdicts = { same: [], different: new Set() };

/**
 * The matter of one order. People's verdicts come first; then the earlier order it is most like, if it is like enough and
 * nobody said that the two are different. What is like, but not enough, is suggested; so is a second matter that it is
 * surely like, for then the two may be one.
 * @param likes in any order
 */
export function assign(
  orderId: string,
  likes: readonly Like[],
  verdicts: Verdicts,
  thresholds: Thresholds,
): Assignment {
  const ranked = likes
    .filter((like) => like.score >= thresholds.suggested && !verdicts.different.has(like.matterId))
    .sort((a, b) => b.score - a.score || (a.orderId < b.orderId ? -1 : 1));
  const said = verdicts.same[0];
  const sure = said ? undefined : ranked.find((like) => like.score >= thresholds.joined);
  const matterId = said?.matterId ?? sure?.matterId ?? orderId;
  const own = matterId === orderId;
  const other = ranked.find(
    (like) => like.matterId !== matterId && like.matterId !== orderId && (own || like.score >= thresholds.joined),
  );
  return {
    matterId,
    decision: own ? 'separate' : 'joined',
    byPerson: said !== undefined,
    likeId: said?.orderId ?? sure?.orderId ?? null,
    score: sure?.score ?? null,
    reasons: sure?.reasons ?? [],
    suggestion: other ? { likeId: other.orderId, score: other.score, reasons: other.reasons } : null,
  };
}

/** An order and its turn: the place in which it was compared. A matter is named by the order of its first turn. */
export interface Member {
  readonly orderId: string;
  readonly turn: number;
}

export function founderOf(members: readonly Member[]): string {
  return members.reduce((first, member) => (member.turn < first.turn ? member : first)).orderId;
}

/**
 * Two matters of one. The part with the founder stays the old matter, with its plan and its backlog; the other is new.
 * @throws RangeError when all or none are chosen
 */
export function split(
  members: readonly Member[],
  chosen: ReadonlySet<string>,
): { readonly stays: readonly Member[]; readonly leaves: readonly Member[]; readonly newMatterId: string } {
  const inside = members.filter(({ orderId }) => chosen.has(orderId));
  const outside = members.filter(({ orderId }) => !chosen.has(orderId));
  if (inside.length === 0 || outside.length === 0) throw new RangeError('split needs two parts');
  const founder = founderOf(members);
  const [stays, leaves] = chosen.has(founder) ? [inside, outside] : [outside, inside];
  return { stays, leaves, newMatterId: founderOf(leaves) };
}

export interface Verdict {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

const pair = (one: string, other: string, same: boolean): Verdict =>
  one < other ? { a: one, b: other, same } : { a: other, b: one, same };

/** What a split says, so that comparing everything anew gives the two parts again. */
export function splitVerdicts(stays: readonly Member[], leaves: readonly Member[]): Verdict[] {
  const stayFounder = founderOf(stays);
  const leaveFounder = founderOf(leaves);
  return [
    ...leaves.filter(({ orderId }) => orderId !== leaveFounder).map(({ orderId }) => pair(orderId, leaveFounder, true)),
    ...leaves.map(({ orderId }) => pair(orderId, stayFounder, false)),
    ...stays.filter(({ orderId }) => orderId !== stayFounder).map(({ orderId }) => pair(orderId, leaveFounder, false)),
  ];
}

/** What joining says: every order of one is one with the founder of both. */
export function joinVerdicts(one: readonly Member[], other: readonly Member[]): Verdict[] {
  const founder = founderOf([...one, ...other]);
  const joining = one.some(({ orderId }) => orderId === founder) ? other : one;
  return joining.map(({ orderId }) => pair(orderId, founder, true));
}

/** What "not the same matter" says. */
export function differentVerdicts(one: readonly Member[], other: readonly Member[]): Verdict[] {
  const [first, second] = [founderOf(one), founderOf(other)];
  const seen = new Map<string, Verdict>();
  for (const verdict of [
    ...one.map(({ orderId }) => pair(orderId, second, false)),
    ...other.map(({ orderId }) => pair(orderId, first, false)),
  ])
    seen.set(`${verdict.a}${verdict.b}`, verdict);
  return [...seen.values()];
}
