/** Listed supervision (挂牌督办), measure 10: what keeps coming back or went badly wrong is put on a list until it is proved done. */
export const LISTING_STATUSES = {
  proposed: '待批准',
  refused: '未批准',
  listed: '督办中',
  delisting: '申请摘牌，待核查',
  checked: '核查通过，待摘牌',
  delisted: '已摘牌',
} as const;
export type ListingStatus = keyof typeof LISTING_STATUSES;

/** On the list now. */
export const LISTED_STATUSES = ['listed', 'delisting', 'checked'] as const;

export const LISTING_SOURCES = {
  matter: '反复诉求事项',
  media: '媒体曝光',
  case: '重大案件',
  rectification: '整改不到位',
} as const;
export type ListingSource = keyof typeof LISTING_SOURCES;

/** At whose level it is followed. */
export const LISTING_LEVELS = { section: '科级督办', bureau: '局级督办', district: '区级督办' } as const;
export type ListingLevel = keyof typeof LISTING_LEVELS;

export const ENTRY_KINDS = { report: '进展报告', visit: '到场核查' } as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

/** What a file shows. */
export const LISTING_FILE_STAGES = {
  proposal: '提请依据',
  report: '进展报告',
  visit: '到场核查',
  result: '摘牌申请',
  check: '摘牌核查',
} as const;
export type ListingFileStage = keyof typeof LISTING_FILE_STAGES;

/** `report` once a period, the others once in a cycle: a cycle ends when it is sent back or its time extended. */
export const LISTING_REMINDERS = {
  report: '挂牌事项逾期未报告进展',
  soon: '挂牌督办时限将到',
  overdue: '挂牌督办已超期',
} as const;
export type ListingReminder = keyof typeof LISTING_REMINDERS;
