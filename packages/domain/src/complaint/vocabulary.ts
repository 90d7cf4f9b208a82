/** Words of a complaint 诉件, with what the interface calls them. */

export const KINDS = { enquiry: '咨询', ordinary: '一般', complex: '疑难' } as const;
export type Kind = keyof typeof KINDS;

/** What a handling round's budget is chosen by: the order's kind, or re-handling 重办. */
export const ROUND_KINDS = { ...KINDS, rehandle: '重办' } as const;
export type RoundKind = keyof typeof ROUND_KINDS;

export const URGENCIES = { normal: '一般', urgent: '次紧急', critical: '紧急' } as const;
export type Urgency = keyof typeof URGENCIES;

export const SOURCE_KINDS = {
  hotline: '12345热线',
  city_operation: '城运平台',
  walk_in: '来访',
  letter: '来信',
  petition: '信访',
  media: '媒体曝光',
  inspection: '督察发现',
  open_day: '公众开放日',
  superior: '上级交办',
} as const;
export type SourceKind = keyof typeof SOURCE_KINDS;

export const REQUEST_KINDS = {
  return: '退单',
  transfer: '转派',
  extend: '延期',
  pause: '暂停计时',
  complex: '定为疑难',
  exclude: '剔除',
} as const;
export type RequestKind = keyof typeof REQUEST_KINDS;

export const SATISFACTIONS = {
  satisfied: '满意',
  fairly: '基本满意',
  neutral: '一般',
  dissatisfied: '不满意',
} as const;
export type Satisfaction = keyof typeof SATISFACTIONS;

export const CONTACT_OUTCOMES = { reached: '已联系上', unreached: '未联系上', refused: '拒绝沟通' } as const;
export type ContactOutcome = keyof typeof CONTACT_OUTCOMES;

export const FOLLOW_UP_CHANNELS = {
  phone: '电话回访',
  visit: '上门回访',
  link: '市民评价链接',
  hotline: '热线回访结果',
} as const;
export type FollowUpChannel = keyof typeof FOLLOW_UP_CHANNELS;

export const OUTCOMES = {
  solved: '已解决',
  unsolved: '未解决',
  unreachable: '未联系上诉求人',
  declined: '不予受理',
} as const;
export type Outcome = keyof typeof OUTCOMES;

export const MEASURES = {
  explain: '解释说明',
  persuade: '劝阻教育',
  order: '责令改正',
  on_spot: '当场处罚',
  case_filed: '立案查处',
  demolish: '拆除',
  transfer_department: '移送其他部门',
  joint: '联合整治',
  none: '未发现违法行为',
} as const;
export type Measure = keyof typeof MEASURES;

/** States in the order a complaint passes through them. `open`: its clock may still run out. */
export const STATUSES = {
  received: { label: '待受理', open: true },
  accepted: { label: '待派单', open: true },
  dispatched: { label: '待签收', open: true },
  handling: { label: '办理中', open: true },
  reviewing: { label: '待审核', open: true },
  following_up: { label: '待回访', open: true },
  closed: { label: '已办结', open: false },
  declined: { label: '不予受理', open: false },
} as const satisfies Record<string, { label: string; open: boolean }>;
export type Status = keyof typeof STATUSES;
export const STATUS_NAMES = Object.keys(STATUSES) as Status[];
