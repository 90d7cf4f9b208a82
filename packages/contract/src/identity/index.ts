import { PERMISSIONS, ROLES } from '@bihuan/domain/access';
import { type Static, Type } from 'typebox';
import { Id, IdParams, Instant, keysOf, nullable, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const Password = Type.String({ minLength: 1, maxLength: 200 });
const PageQuery = {
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
};
const Code = Type.String({ pattern: '^[0-9]{6}$' });

/** Who is signed in and what may be done; with nobody signed in, `actor` is null. */
export const SessionView = Type.Object({
  actor: nullable(
    Type.Object({
      personId: Id,
      name: Type.String(),
      unit: UnitRef,
      role: keysOf(ROLES),
      roleLabel: Type.String(),
      permissions: Type.Array(keysOf(PERMISSIONS)),
      scope: Type.Enum(['own', 'unit', 'town', 'joint', 'district', 'none']),
    }),
  ),
  /** The person's posts; one is acted in at a time. */
  postings: Type.Array(
    Type.Object({ id: Id, unit: UnitRef, role: keysOf(ROLES), roleLabel: Type.String(), current: Type.Boolean() }),
  ),
  mustChangePassword: Type.Boolean(),
  /** `enrol`: an administrator who has no second factor yet; `pending`: a code is asked for. */
  secondFactor: Type.Enum(['none', 'enrol', 'pending', 'done']),
  idleMinutes: Type.Integer(),
  /** The server's time; pages reckon from it, not from the device's clock. */
  now: Instant,
  /** Demo accounts and their password, in demo mode only. */
  demo: nullable(
    Type.Object({
      password: Type.String(),
      accounts: Type.Array(Type.Object({ username: Type.String(), label: Type.String() })),
    }),
  ),
});
export type SessionView = Static<typeof SessionView>;

export const getSession = endpoint({
  id: 'identity.session',
  method: 'GET',
  path: '/session',
  access: 'public',
  summary: '当前登录状态',
  response: SessionView,
});

export const signIn = endpoint({
  id: 'identity.signIn',
  method: 'POST',
  path: '/session',
  access: 'public',
  summary: '登录',
  body: Type.Object({ username: Type.String({ minLength: 1, maxLength: 64 }), password: Password }, strict),
  response: SessionView,
  // A whole office signs in at nine from one address; failures have a limit of their own.
  rateLimit: 300,
});

export const signOut = endpoint({
  id: 'identity.signOut',
  method: 'DELETE',
  path: '/session',
  access: 'public',
  summary: '退出登录',
});

export const changePassword = endpoint({
  id: 'identity.changePassword',
  method: 'POST',
  path: '/session/password',
  access: 'signed-in',
  summary: '修改口令',
  body: Type.Object({ current: Password, next: Password }, strict),
  response: SessionView,
  rateLimit: 20,
});

export const enrolSecondFactor = endpoint({
  id: 'identity.enrolSecondFactor',
  method: 'POST',
  path: '/session/second-factor/enrolment',
  access: 'signed-in',
  summary: '绑定第二因子：取得密钥与二维码',
  body: Type.Object({ password: Password }, strict),
  response: Type.Object({ secret: Type.String(), uri: Type.String(), qrSvg: Type.String() }),
  rateLimit: 20,
});

export const confirmSecondFactor = endpoint({
  id: 'identity.confirmSecondFactor',
  method: 'POST',
  path: '/session/second-factor/confirmation',
  access: 'signed-in',
  summary: '绑定第二因子：输入验证码确认',
  body: Type.Object({ code: Code }, strict),
  response: SessionView,
  rateLimit: 20,
});

export const verifySecondFactor = endpoint({
  id: 'identity.verifySecondFactor',
  method: 'POST',
  path: '/session/second-factor',
  access: 'signed-in',
  summary: '登录第二步：输入验证码',
  body: Type.Object({ code: Code }, strict),
  response: SessionView,
  rateLimit: 20,
});

export const switchPosting = endpoint({
  id: 'identity.switchPosting',
  method: 'POST',
  path: '/session/posting',
  access: 'signed-in',
  summary: '切换岗位',
  body: Type.Object({ postingId: Id }, strict),
  response: SessionView,
});

export const SessionItem = Type.Object({
  id: Id,
  personName: Type.String(),
  username: Type.String(),
  unitName: Type.String(),
  createdAt: Instant,
  lastSeenAt: Instant,
  ip: nullable(Type.String()),
  userAgent: nullable(Type.String()),
  current: Type.Boolean(),
});
export type SessionItem = Static<typeof SessionItem>;

export const listMySessions = endpoint({
  id: 'identity.mySessions',
  method: 'GET',
  path: '/session/all',
  access: 'signed-in',
  summary: '我的登录会话',
  response: Type.Array(SessionItem),
});

export const revokeMySession = endpoint({
  id: 'identity.revokeMySession',
  method: 'DELETE',
  path: '/session/all/:id',
  access: 'signed-in',
  summary: '终止我的某个会话',
  params: IdParams,
});

/** A list's filters under a name, of one account on all its devices. */
export const SavedView = Type.Object({
  id: Id,
  name: Type.String(),
  query: Type.Record(Type.String(), Type.String()),
});
export type SavedView = Static<typeof SavedView>;
const ListName = Type.String({ pattern: '^[a-z][a-z-]{0,39}$' });

export const listMyViews = endpoint({
  id: 'identity.myViews',
  method: 'GET',
  path: '/session/views',
  access: 'signed-in',
  summary: '我在某个列表保存的视图',
  query: Type.Object({ list: ListName }, strict),
  response: Type.Array(SavedView),
});

export const saveMyView = endpoint({
  id: 'identity.saveMyView',
  method: 'PUT',
  path: '/session/views',
  access: 'signed-in',
  summary: '保存视图；同名的替换',
  body: Type.Object(
    {
      list: ListName,
      name: Type.String({ minLength: 1, maxLength: 20, pattern: '\\S' }),
      query: Type.Record(Type.String({ pattern: '^[A-Za-z]{1,40}$' }), Type.String({ maxLength: 400 })),
    },
    strict,
  ),
  response: Type.Array(SavedView),
});

export const dropMyView = endpoint({
  id: 'identity.dropMyView',
  method: 'DELETE',
  path: '/session/views/:id',
  access: 'signed-in',
  summary: '删除视图',
  params: IdParams,
});

export const listSessions = endpoint({
  id: 'identity.sessions',
  method: 'GET',
  path: '/sessions',
  access: 'session.manage',
  summary: '全部在线会话，登录晚的在前',
  query: Type.Object({ q: Type.Optional(Type.String({ maxLength: 64 })), ...PageQuery }, strict),
  response: pageOf(SessionItem),
});

export const revokeSession = endpoint({
  id: 'identity.revokeSession',
  method: 'DELETE',
  path: '/sessions/:id',
  access: 'session.manage',
  summary: '终止会话',
  params: IdParams,
});

export const AccountItem = Type.Object({
  id: Id,
  username: Type.String(),
  personId: Id,
  personName: Type.String(),
  staffNo: Type.String(),
  unitName: nullable(Type.String()),
  disabled: Type.Boolean(),
  lockedUntil: nullable(Instant),
  mustChangePassword: Type.Boolean(),
  secondFactor: Type.Boolean(),
  lastSeenAt: nullable(Instant),
  /** An initial password has been asked for and waits to be issued. */
  passwordWantedAt: nullable(Instant),
  passwordWantedBy: nullable(Type.String()),
  passwordWantedReason: nullable(Type.String()),
});
export type AccountItem = Static<typeof AccountItem>;

export const listAccounts = endpoint({
  id: 'identity.accounts',
  method: 'GET',
  path: '/accounts',
  access: 'account.manage',
  summary: '账号列表',
  query: Type.Object(
    { q: Type.Optional(Type.String({ maxLength: 64 })), personId: Type.Optional(Id), ...PageQuery },
    strict,
  ),
  response: pageOf(AccountItem),
});

export const openAccount = endpoint({
  id: 'identity.openAccount',
  method: 'POST',
  path: '/accounts',
  access: 'account.manage',
  summary: '开设账号；初始口令由安全管理员发放',
  body: Type.Object({ personId: Id, username: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{2,31}$' }) }, strict),
  response: Type.Object({ id: Id, username: Type.String() }),
});

export const requestPassword = endpoint({
  id: 'identity.requestPassword',
  method: 'POST',
  path: '/accounts/:id/password',
  access: 'account.manage',
  summary: '申请重置口令，由安全管理员发放',
  params: IdParams,
  body: Type.Object({ reason: Type.String({ minLength: 2, maxLength: 500, pattern: '\\S' }) }, strict),
});

export const listWantedPasswords = endpoint({
  id: 'identity.wantedPasswords',
  method: 'GET',
  path: '/accounts/password-wanted',
  access: 'session.manage',
  summary: '待发放口令的账号',
  query: Type.Object(PageQuery, strict),
  response: pageOf(AccountItem),
});

/** The initial password is shown once and must be changed at the first sign-in. */
export const issuePassword = endpoint({
  id: 'identity.issuePassword',
  method: 'POST',
  path: '/accounts/:id/password/issue',
  access: 'session.manage',
  summary: '发放初始口令（同时终止其全部会话）',
  params: IdParams,
  response: Type.Object({ username: Type.String(), password: Type.String() }),
});

export const setAccountDisabled = endpoint({
  id: 'identity.setDisabled',
  method: 'POST',
  path: '/accounts/:id/disabled',
  access: 'account.manage',
  summary: '停用或启用账号',
  params: IdParams,
  body: Type.Object(
    { disabled: Type.Boolean(), reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
    strict,
  ),
});

export const listLockedAccounts = endpoint({
  id: 'identity.lockedAccounts',
  method: 'GET',
  path: '/accounts/locked',
  access: 'session.manage',
  summary: '被锁定的账号',
  query: Type.Object(PageQuery, strict),
  response: pageOf(AccountItem),
});

export const listBoundAccounts = endpoint({
  id: 'identity.boundAccounts',
  method: 'GET',
  path: '/accounts/second-factor',
  access: 'session.manage',
  summary: '已绑定第二因子的账号',
  query: Type.Object(PageQuery, strict),
  response: pageOf(AccountItem),
});

export const unlockAccount = endpoint({
  id: 'identity.unlock',
  method: 'POST',
  path: '/accounts/:id/unlock',
  access: 'session.manage',
  summary: '解除锁定',
  params: IdParams,
});

/** A lost phone: the factor is removed, to be enrolled anew at the next sign-in. */
export const resetSecondFactor = endpoint({
  id: 'identity.resetSecondFactor',
  method: 'DELETE',
  path: '/accounts/:id/second-factor',
  access: 'session.manage',
  summary: '解除第二因子绑定',
  params: IdParams,
});
