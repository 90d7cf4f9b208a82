/** Joint work (联合督察、管执联动), measure 11: bureau units and partners, before, during and after. */
export const JOINT_STATUSES = { running: '进行中', closed: '已办结', cancelled: '已取消' } as const;
export type JointStatus = keyof typeof JOINT_STATUSES;

export const PHASES = { before: '事前', during: '事中', after: '事后' } as const;
export type Phase = keyof typeof PHASES;

export const DUTY_STATUSES = { todo: '待完成', done: '待确认', confirmed: '已确认' } as const;
export type DutyStatus = keyof typeof DUTY_STATUSES;
