import { Problem } from '../errors.ts';

const LONGEST = 300;

/** What went wrong, fit to be kept and shown: one line, without stack, and without the values a message may quote. */
export function describeFailure(error: unknown): string {
  if (error instanceof Problem) return `${error.code}：${error.detail}`.slice(0, LONGEST);
  const { name = 'Error', code, message = String(error) } = error as { name?: string; code?: string; message?: string };
  const line = (message.split('\n')[0] ?? '').replace(/"[^"]*"|'[^']*'|“[^”]*”/g, '…').replace(/\d{5,}/g, '…');
  return `${name}${code ? ` ${code}` : ''}: ${line}`.slice(0, LONGEST);
}
