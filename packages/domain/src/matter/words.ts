/** What a threshold of repetition asks for. */
export const ALERT_ACTIONS = {
  coordinate: '提请执法协调科协调',
  leader_on_site: '中队长到现场',
  report_up: '上报局领导',
  propose_supervision: '提请挂牌督办',
} as const;
export type AlertAction = keyof typeof ALERT_ACTIONS;

export const ALERT_TRIGGERS = { orders: '若干天内诉件数', reopened: '重办次数' } as const;
export type AlertTrigger = keyof typeof ALERT_TRIGGERS;

export const ALERT_STATUSES = { open: '待处理', done: '已落实', declined: '不予落实' } as const;
export type AlertStatus = keyof typeof ALERT_STATUSES;

export const BACKLOG_STATUSES = {
  open: '化解中',
  agreed: '已达成协议',
  reviewing: '待审核销号',
  closed: '已销号',
} as const;
export type BacklogStatus = keyof typeof BACKLOG_STATUSES;

export const STEP_KINDS = {
  milestone: '节点',
  hearing: '听证',
  visit: '走访约谈',
  agreement: '达成协议',
  other: '其他',
} as const;
export type StepKind = keyof typeof STEP_KINDS;
