import type { WorkItem } from '@bihuan/contract/complaint';
import type { FormAction } from '../complaint/action-forms.ts';

export type Task = WorkItem['task'];

/** What each task is called, and what carries it out. `open`: needs the whole order to be read first. */
export const TASKS: Record<Task, { label: string; action: FormAction | 'open'; button: string }> = {
  accept: { label: '受理', action: 'accept', button: '受理' },
  dispatch: { label: '派单', action: 'dispatch', button: '派单' },
  sign: { label: '签收', action: 'sign', button: '签收' },
  assign: { label: '指派', action: 'assign', button: '指派' },
  contact: { label: '先行联系', action: 'contact', button: '记录联系' },
  handle: { label: '办理', action: 'visit', button: '现场处置' },
  review: { label: '审核', action: 'open', button: '查看并审核' },
  follow_up: { label: '回访', action: 'open', button: '查看并回访' },
  decide: { label: '审批', action: 'open', button: '查看并审批' },
};
export const TASK_NAMES = Object.keys(TASKS) as Task[];
