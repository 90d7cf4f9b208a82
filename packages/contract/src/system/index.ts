import { type Static, Type } from 'typebox';
import { endpoint, Instant, nullable } from '../index.ts';

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
});
export type JobItem = Static<typeof JobItem>;

export const listJobs = endpoint({
  id: 'system.jobs',
  method: 'GET',
  path: '/system/jobs',
  access: 'job.manage',
  summary: '后台任务：失败的在前，至多 200 条',
  query: Type.Object({ state: Type.Optional(JobItem.properties.state) }, strict),
  response: Type.Object({
    counts: Type.Object({
      waiting: Type.Integer(),
      running: Type.Integer(),
      retrying: Type.Integer(),
      failed: Type.Integer(),
    }),
    items: Type.Array(JobItem),
  }),
});

export const retryJob = endpoint({
  id: 'system.retryJob',
  method: 'POST',
  path: '/system/jobs/:id/retry',
  access: 'job.manage',
  summary: '立即重试任务',
  params: Type.Object({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) }, strict),
});

export const apiDescription = endpoint({
  id: 'system.openapi',
  method: 'GET',
  path: '/openapi.json',
  access: 'signed-in',
  summary: '接口说明（OpenAPI 3.1）',
});
