import { ConfigError } from '../platform/config.ts';
import { MigrationError } from '../platform/db/index.ts';
import { Problem } from '../platform/errors.ts';
import { DemoError } from '../setup/demo/index.ts';

/** What the exit code of a command tells a script; the table of docs/operations.md. */
export const EXIT = {
  done: 0,
  failure: 1,
  /** A setting, option or argument is wrong. */
  usage: 2,
  /** The file given cannot be read or is not what it should be. */
  file: 4,
  /** The command ran, and what it checked is not in order. */
  notInOrder: 5,
} as const;

/** Ends a command with a Chinese message and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Message and exit code for whatever a command threw. */
export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CommandFailure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof Problem) {
    return { message: error.detail, exitCode: error.status >= 400 && error.status < 500 ? EXIT.usage : EXIT.failure };
  }
  if (error instanceof MigrationError || error instanceof DemoError) {
    return { message: error.message, exitCode: EXIT.failure };
  }
  const { code, path, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { message: `找不到文件：${path}`, exitCode: EXIT.file };
  if (code === 'EACCES' || code === 'EPERM') return { message: `没有权限读写：${path}`, exitCode: EXIT.file };
  if (code === 'ENOSPC') return { message: '磁盘空间不足', exitCode: EXIT.failure };
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return { message: '连不上数据库，请检查 DATABASE_URL 与数据库是否已启动', exitCode: EXIT.failure };
  }
  if (code === '28P01' || code === '28000') return { message: '数据库的用户名或口令不对', exitCode: EXIT.usage };
  return { message: stack ?? message, exitCode: EXIT.failure };
}
