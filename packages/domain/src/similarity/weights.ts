import type { Thresholds } from './finder.ts';
import type { ScoreWeights } from './score.ts';

/** Fitted by `tools/fit-similarity.ts`; measured in docs/matters.md. */
export const WEIGHTS: ScoreWeights = {
  bias: -6.74,
  of: {
    place: 1.41,
    named: -0.05,
    elsewhere: 0.02,
    title: 1.25,
    text: 1.36,
    contained: 1.97,
    trouble: 0.92,
    topics: 1.88,
    clash: -0.46,
    person: 0.41,
    near: 2.23,
    placeTrouble: 0.84,
    placeTopics: 2.11,
    namedTopics: 0.88,
    placePerson: 0.12,
    placeTitle: 1.27,
  },
};
export const THRESHOLDS: Thresholds = { joined: 0.65, suggested: 0.4 };
