import type { Thresholds } from '../similarity/index.ts';

/** A pair that the machine scored and a person judged. */
export interface Judged {
  readonly score: number;
  readonly same: boolean;
}

/** Of the joined, so many at least must be right. */
const PRECISION = 0.97;
/** Fewer judgements than this change nothing. */
export const FEWEST_JUDGED = 30;
/** The thresholds move no further than this from where they were measured. */
const REACH = 0.15;
const STEP = 0.01;

/**
 * Thresholds as people's judgements of suggestions suggest: joining begins where, of what people were shown above it, at
 * least 97 % were the same matter (with one wrong one added, so that few judgements move little); suggesting begins where
 * at least a fifth was. Never further than 0.15 from the measured ones, and unchanged for fewer than 30 judgements.
 */
export function fitThresholds(judged: readonly Judged[], measured: Thresholds): Thresholds {
  if (judged.length < FEWEST_JUDGED) return measured;
  const shareAbove = (from: number): number => {
    const above = judged.filter(({ score }) => score >= from);
    return above.filter(({ same }) => same).length / (above.length + 1);
  };
  const shareAround = (at: number): number => {
    const near = judged.filter(({ score }) => Math.abs(score - at) <= 0.05);
    return (near.filter(({ same }) => same).length + 1) / (near.length + 2);
  };
  let joined = measured.joined;
  if (shareAbove(joined) >= PRECISION || !judged.some(({ score }) => score >= joined)) {
    while (joined - STEP >= measured.joined - REACH && shareAbove(joined - STEP) >= PRECISION) joined -= STEP;
  } else {
    while (joined + STEP <= measured.joined + REACH && shareAbove(joined) < PRECISION) joined += STEP;
  }
  let suggested = measured.suggested;
  while (suggested + STEP <= measured.suggested + REACH && suggested + STEP < joined && shareAround(suggested) < 0.2)
    suggested += STEP;
  return { joined: round(joined), suggested: round(Math.min(suggested, joined)) };
}

const round = (value: number): number => Math.round(value * 100) / 100;
