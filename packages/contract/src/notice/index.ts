import { type Static, Type } from 'typebox';
import { endpoint, Id, IdParams, Instant, nullable } from '../index.ts';

const strict = { additionalProperties: false } as const;

export const NoticeItem = Type.Object({
  id: Id,
  kind: Type.String(),
  level: Type.Enum(['info', 'warn', 'danger']),
  title: Type.String(),
  body: nullable(Type.String()),
  /** What the notice is about, if it can be opened: `complaint`, `bulletin` … */
  objectType: nullable(Type.String()),
  objectId: nullable(Id),
  at: Instant,
  read: Type.Boolean(),
});
export type NoticeItem = Static<typeof NoticeItem>;

export const listNotices = endpoint({
  id: 'notice.list',
  method: 'GET',
  path: '/notices',
  access: 'signed-in',
  summary: '我的消息，新的在前',
  query: Type.Object(
    {
      unread: Type.Optional(Type.Boolean()),
      after: Type.Optional(Id),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 30 })),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(NoticeItem), next: nullable(Id) }),
});

export const unreadNotices = endpoint({
  id: 'notice.unread',
  method: 'GET',
  path: '/notices/unread',
  access: 'signed-in',
  summary: '未读消息条数，至多数到 100',
  response: Type.Object({ count: Type.Integer(), capped: Type.Boolean() }),
});

export const readNotice = endpoint({
  id: 'notice.read',
  method: 'POST',
  path: '/notices/:id/read',
  access: 'signed-in',
  summary: '标为已读',
  params: IdParams,
});

export const readAllNotices = endpoint({
  id: 'notice.readAll',
  method: 'POST',
  path: '/notices/read-all',
  access: 'signed-in',
  summary: '全部标为已读',
  response: Type.Object({ count: Type.Integer() }),
});
