import { type Static, Type } from 'typebox';
import { endpoint, Instant, nullable } from '../index.ts';

export { TASKS } from './tasks.ts';

const strict = { additionalProperties: false } as const;

/**
 * Server-Sent Events. `event: message` carries `LiveEvent` as JSON; `event: ready` says that from now on nothing is missed;
 * `event: ended` that the session is over and the client must not reconnect.
 */
export const liveStream = endpoint({
  id: 'system.live',
  method: 'GET',
  path: '/live',
  access: 'signed-in',
  summary: '实时消息（SSE）：自己范围内的诉件变动与新消息',
  rateLimit: 60,
});

/** What one live message says. Fetch what it points to; it carries no personal data. */
export interface LiveEvent {
  topic: string;
  objectId: string;
  data: Record<string, unknown>;
}

export const JobItem = Type.Object({
  id: Type.String(),
  task: Type.String(),
  /** `failed`: out of attempts; `retrying`: failed before, will be tried again. */
  state: Type.Enum(['waiting', 'running', 'retrying', 'failed']),
  attempts: Type.Integer(),
  maxAttempts: Type.Integer(),
  runAt: Instant,
  createdAt: Instant,
  error: nullable(Type.String()),
  /** 0 to 1, of a job that works on one record; null of others. */
  progress: nullable(Type.Number()),
  /** Waiting jobs can be taken out; running ones only where the work itself can be cancelled. */
  cancellable: Type.Boolean(),
});
export type JobItem = Static<typeof JobItem>;

const JobCounts = Type.Object({
  waiting: Type.Integer(),
  running: Type.Integer(),
  retrying: Type.Integer(),
  failed: Type.Integer(),
});

export const TaskItem = Type.Object({
  task: Type.String(),
  /** Crontab in UTC; null: runs when something asks for it. */
  schedule: nullable(Type.String()),
  /** When the clock last called it; null: never, or not by the clock. */
  lastCalledAt: nullable(Instant),
  counts: JobCounts,
});
export type TaskItem = Static<typeof TaskItem>;

export const listJobs = endpoint({
  id: 'system.jobs',
  method: 'GET',
  path: '/system/jobs',
  access: 'job.manage',
  summary: '后台任务：按种类的件数，与逐件情况（失败的在前，至多 200 件）',
  query: Type.Object(
    {
      state: Type.Optional(JobItem.properties.state),
      task: Type.Optional(Type.String({ pattern: '^[A-Za-z_]+\\.[A-Za-z_]+$', maxLength: 80 })),
    },
    strict,
  ),
  response: Type.Object({ counts: JobCounts, tasks: Type.Array(TaskItem), items: Type.Array(JobItem) }),
});

export const retryJob = endpoint({
  id: 'system.retryJob',
  method: 'POST',
  path: '/system/jobs/:id/retry',
  access: 'job.manage',
  summary: '立即重试任务',
  params: Type.Object({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) }, strict),
});

export const cancelJob = endpoint({
  id: 'system.cancelJob',
  method: 'POST',
  path: '/system/jobs/:id/cancel',
  access: 'job.manage',
  summary: '取消任务：等待中的移出队列，进行中的请它停下',
  params: Type.Object({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) }, strict),
});

export const apiDescription = endpoint({
  id: 'system.openapi',
  method: 'GET',
  path: '/openapi.json',
  access: 'signed-in',
  summary: '接口说明（OpenAPI 3.1）',
});
