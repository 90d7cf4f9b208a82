/** A week's analysis on its way: written by the system, changed by people, finished. */
export type WeekState = 'draft' | 'edited' | 'finished';
export type WeekAction = 'save' | 'finish' | 'reopen';

export const WEEK_REFUSALS = {
  finished: '这一周的研判已定稿；需要修改的，先退回修改',
  not_finished: '这一周的研判还没有定稿',
} as const;

/** @returns the state after the action, or why not */
export function decideWeek(state: WeekState, action: WeekAction): WeekState | { refused: keyof typeof WEEK_REFUSALS } {
  if (action === 'reopen') return state === 'finished' ? 'edited' : { refused: 'not_finished' };
  if (state === 'finished') return { refused: 'finished' };
  return action === 'finish' ? 'finished' : 'edited';
}
