/** The one ledger of what is to be put right (整改台账): measures 3, 10, 11, 12 and 14. */
export const RECTIFICATION_STATUSES = {
  open: '整改中',
  objected: '异议待裁定',
  appealed: '复核待裁定',
  submitted: '待核验',
  verified: '待销号',
  closed: '已销号',
  cancelled: '已撤销',
} as const;
export type RectificationStatus = keyof typeof RECTIFICATION_STATUSES;

/** Still to be done by somebody. */
export const OPEN_STATUSES = ['open', 'objected', 'appealed', 'submitted', 'verified'] as const;

/** Whatever finds something to put right enters it here. */
export const RECTIFICATION_SOURCES = {
  inspection: '督察发现',
  listing: '挂牌督办',
  complaint: '超期或重办诉件',
  bulletin: '通报点名',
  joint: '联席会议',
  on_site: '到场督导',
  accountability: '责任追究',
  self_inspection: '自查自纠',
  case_evaluation: '案件评估',
  supervision_card: '监督卡',
} as const;
export type RectificationSource = keyof typeof RECTIFICATION_SOURCES;

/** When a file was taken: as it was found, after it was put right, at the check, with an objection. */
export const FILE_STAGES = { before: '整改前', after: '整改后', check: '核验', objection: '异议' } as const;
export type FileStage = keyof typeof FILE_STAGES;

/** Reminders, each once in a cycle: a cycle ends when the work is sent back or its time extended. */
export const REMINDERS = {
  soon: '整改时限将到',
  overdue: '整改已超期',
  overdue_3: '整改超期 3 个工作日',
  overdue_7: '整改超期 7 个工作日',
  waiting: '整改待核验超过 3 个工作日',
} as const;
export type Reminder = keyof typeof REMINDERS;

export const AGE_BANDS = {
  week: { label: '7 天以内', from: 0, to: 7 },
  fortnight: { label: '8 至 15 天', from: 7, to: 15 },
  month: { label: '16 至 30 天', from: 15, to: 30 },
  older: { label: '30 天以上', from: 30, to: null },
} as const;
export type AgeBand = keyof typeof AGE_BANDS;
