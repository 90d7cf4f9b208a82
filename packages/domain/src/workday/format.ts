/**
 * Working time left or overrun, in the words of the desk: "剩 1 天 3 小时", "超 2 小时 10 分". One 天 is one working day of
 * the calendar. From a day on, minutes are left out; parts are rounded down.
 *
 * @param overdue pass `ClockState.overdue`: just past the due instant the minutes are still 0
 */
export function formatRemaining(
  minutes: number,
  { workingMinutesPerDay }: { workingMinutesPerDay: number },
  overdue: boolean = minutes < 0,
): string {
  const whole = Math.floor(Math.abs(minutes));
  if (whole === 0) return overdue ? '刚超时' : '剩不足 1 分';
  const days = Math.floor(whole / workingMinutesPerDay);
  const rest = whole - days * workingMinutesPerDay;
  const hours = Math.floor(rest / 60);
  const parts = [[days, '天'] as const, [hours, '小时'] as const, [days > 0 ? 0 : rest % 60, '分'] as const];
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return `${overdue ? '超' : '剩'} ${shown.join(' ')}`;
}
