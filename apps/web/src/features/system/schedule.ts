/** A crontab line (UTC) as people say it, in the bureau's time; only what this system uses. */
export function scheduleWords(crontab: string | null): string {
  if (crontab === null) return '需要时';
  const [minute = '', hour = '', ...rest] = crontab.split(' ');
  if (rest.some((part) => part !== '*')) return crontab;
  if (minute === '*' && hour === '*') return '每分钟';
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (every && hour === '*') return `每 ${every} 分钟`;
  if (!/^\d+$/.test(minute)) return crontab;
  const at = minute.padStart(2, '0');
  if (hour === '*') return `每小时第 ${Number(minute)} 分`;
  return /^\d+$/.test(hour) ? `每日 ${String((Number(hour) + 8) % 24).padStart(2, '0')}:${at}` : crontab;
}
