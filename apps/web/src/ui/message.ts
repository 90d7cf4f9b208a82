import { ElMessage } from 'element-plus/es/components/message/index.mjs';
import 'element-plus/es/components/message/style/css.mjs';
import { messageOf } from '../api/problem.ts';

/** Says briefly that something was done; read out by screen readers. */
export const done = (message: string): void => void ElMessage({ type: 'success', message, grouping: true });

/** Says what failed and stays long enough to be read. */
export const failed = (error: unknown): void =>
  void ElMessage({
    type: 'error',
    message: typeof error === 'string' ? error : messageOf(error),
    duration: 8000,
    showClose: true,
    grouping: true,
  });
