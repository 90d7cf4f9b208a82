import { listNotices, readAllNotices, readNotice, unreadNotices } from '@bihuan/contract/notice';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { listMyNotices, MOST_COUNTED, markAllRead, markRead, unreadCount } from './notice.repo.ts';

/** 消息: what somebody, or those who hold a role in their unit, should know. Written by `platform/notify`. */
export function registerNoticeModule(api: FastifyInstance, deps: Deps): void {
  bind(api, listNotices, ({ actor, query }) => listMyNotices(deps.db, actor, query));
  bind(api, unreadNotices, async ({ actor }) => {
    const count = await unreadCount(deps.db, actor);
    return { count: Math.min(count, MOST_COUNTED), capped: count > MOST_COUNTED };
  });
  bind(api, readNotice, async ({ actor, params }) => {
    if (!(await markRead(deps.db, actor, params.id, deps.clock.now()))) throw notFound('消息');
    return undefined;
  });
  bind(api, readAllNotices, async ({ actor }) => ({ count: await markAllRead(deps.db, actor, deps.clock.now()) }));
}
