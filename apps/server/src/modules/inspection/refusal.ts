import { FINDING_REFUSALS, PLAN_REFUSALS, VISIT_REFUSALS } from '@bihuan/domain/inspection';
import { Problem } from '../../platform/errors.ts';

const WORDS = { ...PLAN_REFUSALS, ...VISIT_REFUSALS, ...FINDING_REFUSALS };
type Refusal = keyof typeof PLAN_REFUSALS | keyof typeof VISIT_REFUSALS | keyof typeof FINDING_REFUSALS;
const FORBIDDEN: ReadonlySet<Refusal> = new Set([
  'not_permitted',
  'own_plan',
  'not_planner',
  'own_unit',
  'not_inspector',
  'other_unit',
  'own_finding',
  'own_check',
] satisfies Refusal[]);
const INVALID: ReadonlySet<Refusal> = new Set([
  'reason_required',
  'value_required',
  'unknown_item',
] satisfies Refusal[]);

/** A rule's refusal as it travels; of words that differ between the three, those of the given vocabulary. */
export function refused(code: Refusal, words: Partial<Record<Refusal, string>> = {}): Problem {
  return new Problem(FORBIDDEN.has(code) ? 403 : INVALID.has(code) ? 400 : 409, code, words[code] ?? WORDS[code]);
}
