/** Inspection (督察): measure 10, 明查暗访、专项督导、双随机. */
export const MANNERS = { open: '明查', covert: '暗访' } as const;
export type Manner = keyof typeof MANNERS;

export const PLAN_FORMS = { routine: '日常督察', campaign: '专项督导' } as const;
export type PlanForm = keyof typeof PLAN_FORMS;

export const PLAN_STATUSES = {
  draft: '起草中',
  submitted: '待批准',
  approved: '已批准待抽取',
  drawn: '已抽取待开展',
  active: '督察中',
  done: '已完成',
  cancelled: '已取消',
} as const;
export type PlanStatus = keyof typeof PLAN_STATUSES;

/** 重点岗位、时段、人员、环节. */
export const TARGET_KINDS = { post: '岗位', time: '时段', person: '人员', step: '环节' } as const;
export type TargetKind = keyof typeof TARGET_KINDS;

export const VISIT_STATUSES = {
  pending: '待督察',
  signing: '待会签',
  signed: '已签字',
  cancelled: '已取消',
} as const;
export type VisitStatus = keyof typeof VISIT_STATUSES;

export const ANSWER_RESULTS = { pass: '合格', fail: '不合格', not_applicable: '不涉及' } as const;
export type AnswerResult = keyof typeof ANSWER_RESULTS;

export const FINDING_STATUSES = {
  open: '待说明',
  answered: '已说明待认定',
  confirmed: '已认定',
  withdrawn: '不予认定',
} as const;
export type FindingStatus = keyof typeof FINDING_STATUSES;

/** How many inspect together and sign (行政执法检查不少于两人). */
export const INSPECTORS_A_VISIT = 2;
/** Working days within which the inspected unit answers a finding; after them it may be decided without. */
export const ANSWER_WORKDAYS = 3;
/** Whoever served in a unit within these years does not inspect it. */
export const STAND_BACK_YEARS = 3;
