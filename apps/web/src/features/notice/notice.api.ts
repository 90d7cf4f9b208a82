import { endpoint, Id, Instant, nullable, pageOf, type ResponseOf } from '@bihuan/contract';
import { Type } from 'typebox';

export const Notice = Type.Object({
  id: Id,
  kind: Type.String(),
  level: Type.Enum(['info', 'warn', 'danger']),
  title: Type.String(),
  body: nullable(Type.String()),
  objectType: nullable(Type.String()),
  objectId: nullable(Id),
  createdAt: Instant,
  readAt: nullable(Instant),
});

const strict = { additionalProperties: false } as const;

export const listNotices = endpoint({
  id: 'notice.list',
  method: 'GET',
  path: '/notices',
  access: 'signed-in',
  summary: '我的通知，新的在前',
  query: Type.Object(
    {
      unread: Type.Optional(Type.Boolean()),
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 30 })),
    },
    strict,
  ),
  response: Type.Object({ ...pageOf(Notice).properties, unread: Type.Integer() }),
});
export type NoticeItem = ResponseOf<typeof listNotices>['items'][number];

export const readNotices = endpoint({
  id: 'notice.read',
  method: 'POST',
  path: '/notices/read',
  access: 'signed-in',
  summary: '标为已读；不给编号即全部',
  body: Type.Object({ ids: Type.Optional(Type.Array(Id, { maxItems: 200 })) }, strict),
  response: Type.Object({ unread: Type.Integer() }),
});
