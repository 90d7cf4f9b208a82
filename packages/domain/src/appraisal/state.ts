import { type Actor, type Permission, permits } from '../access/index.ts';

export const APPRAISAL_STATUSES = {
  preliminary: '初评',
  answering: '征求意见',
  confirmed: '已审定',
} as const;
export type AppraisalStatus = keyof typeof APPRAISAL_STATUSES;

/** Working days in which whoever is appraised may answer. */
export const ANSWER_WORKDAYS = 5;
/** Points that one correction may add or take off. */
export const CORRECTION_AT_MOST = 20;

export interface AppraisalState {
  readonly status: AppraisalStatus;
  readonly version: number;
  readonly madeBy: string;
  /** Epoch milliseconds; `null` before answers are asked for. */
  readonly answersUntil: number | null;
  /** Answers that nobody has decided on. */
  readonly openAnswers: number;
}

export type AppraisalAction = 'recompute' | 'discard' | 'ask' | 'confirm';
export const APPRAISAL_ACTIONS = {
  recompute: { label: '重新计算', permission: 'appraisal.manage', from: ['preliminary'] },
  discard: { label: '作废', permission: 'appraisal.manage', from: ['preliminary'] },
  ask: { label: '征求意见', permission: 'appraisal.manage', from: ['preliminary'] },
  confirm: { label: '审定', permission: 'appraisal.confirm', from: ['answering'] },
} as const satisfies Record<
  AppraisalAction,
  { label: string; permission: Permission; from: readonly AppraisalStatus[] }
>;

export const APPRAISAL_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  wrong_status: '考核已进入其他环节，请刷新后再办理',
  answers_open: '还有意见没有答复，不能审定',
  answer_period: '征求意见的期限未满，不能审定',
  own_work: '初评由本人作出的，须由另一人审定',
  answer_closed: '现在不是征求意见的时间，或期限已过',
  own_answer: '本人或本单位提出的意见，须由他人答复',
  not_subject: '只能对本人或本单位的考核提出意见',
  decided: '这条意见已经答复',
} as const;
export type AppraisalRefusal = keyof typeof APPRAISAL_REFUSALS;

/** Why the action cannot be taken now; `null` when it can. */
export function appraisalRefusal(
  state: AppraisalState,
  action: AppraisalAction,
  actor: Actor,
  now: number,
): AppraisalRefusal | null {
  const { permission, from } = APPRAISAL_ACTIONS[action];
  if (!permits(actor, permission)) return 'not_permitted';
  if (!(from as readonly string[]).includes(state.status)) return 'wrong_status';
  if (action !== 'confirm') return null;
  if (state.madeBy === actor.personId) return 'own_work';
  if (state.openAnswers > 0) return 'answers_open';
  return state.answersUntil !== null && now < state.answersUntil ? 'answer_period' : null;
}

export function allowedAppraisalActions(state: AppraisalState, actor: Actor, now: number): AppraisalAction[] {
  return (Object.keys(APPRAISAL_ACTIONS) as AppraisalAction[]).filter(
    (action) => appraisalRefusal(state, action, actor, now) === null,
  );
}

export interface Subject {
  readonly subjectId: string;
  readonly unitId: string;
  readonly audience: 'unit' | 'person';
}

/** Whoever is appraised answers for himself; for a squadron those who lead it or keep its papers. */
export const isSubject = ({ subjectId, unitId, audience }: Subject, actor: Actor): boolean =>
  audience === 'person' ? actor.personId === subjectId : actor.unitId === unitId && actor.role !== 'officer';

export function answerRefusal(
  state: AppraisalState,
  subject: Subject,
  actor: Actor,
  now: number,
): AppraisalRefusal | null {
  if (!permits(actor, 'appraisal.answer')) return 'not_permitted';
  if (!isSubject(subject, actor)) return 'not_subject';
  return state.status === 'answering' && state.answersUntil !== null && now < state.answersUntil
    ? null
    : 'answer_closed';
}

/** Nobody decides on what he or his own unit has said. */
export function decisionRefusal(
  state: AppraisalState,
  subject: Subject,
  answer: { readonly by: string; readonly decided: boolean },
  actor: Actor,
): AppraisalRefusal | null {
  if (!permits(actor, 'appraisal.manage')) return 'not_permitted';
  if (actor.personId === answer.by || actor.unitId === subject.unitId || actor.personId === subject.subjectId)
    return 'own_answer';
  if (state.status !== 'answering') return 'wrong_status';
  return answer.decided ? 'decided' : null;
}
