import { ROLES } from '@bihuan/domain/access';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' });
const Reason = Type.String({ minLength: 2, maxLength: 500, pattern: '\\S' });
const Version = Type.Integer({ minimum: 1 });

export const UNIT_KINDS = {
  bureau: '局机关',
  section: '科室',
  squadron: '中队',
  town: '街镇',
  partner: '协作单位',
  company: '物业服务企业',
} as const;

// ── names for pickers ──────────────────────────────────────────────────

export const UnitName = Type.Object({
  id: Id,
  name: Type.String(),
  shortName: Type.String(),
  kind: keysOf(UNIT_KINDS),
  parentId: nullable(Id),
  townId: nullable(Id),
});
export type UnitName = Static<typeof UnitName>;

export const listUnitNames = endpoint({
  id: 'org.unitNames',
  method: 'GET',
  path: '/org/unit-names',
  access: 'signed-in',
  summary: '单位名录',
  response: Type.Array(UnitName),
});

export const PersonName = Type.Object({
  id: Id,
  name: Type.String(),
  unit: UnitRef,
  roleLabel: Type.String(),
});
export type PersonName = Static<typeof PersonName>;

export const listPersonNames = endpoint({
  id: 'org.personNames',
  method: 'GET',
  path: '/org/person-names',
  access: 'signed-in',
  summary: '人员名录：只有姓名、单位与岗位',
  query: Type.Object(
    { q: Type.Optional(Type.String({ maxLength: 40 })), unitId: Type.Optional(Id), role: Type.Optional(keysOf(ROLES)) },
    strict,
  ),
  response: Type.Array(PersonName),
});

// ── units ──────────────────────────────────────────────────────────────

export const UnitItem = Type.Object({
  ...UnitName.properties,
  code: Type.String(),
  townName: nullable(Type.String()),
  phone: nullable(Type.String()),
  sort: Type.Integer(),
  /** People in a present post here. */
  headcount: Type.Integer(),
  closed: Type.Boolean(),
  version: Version,
});
export type UnitItem = Static<typeof UnitItem>;

export const listUnits = endpoint({
  id: 'org.units',
  method: 'GET',
  path: '/org/units',
  access: 'org.manage',
  summary: '组织架构',
  query: Type.Object({ closed: Type.Optional(Type.Boolean()) }, strict),
  response: Type.Array(UnitItem),
});

const UnitFields = {
  name: Name,
  shortName: Type.String({ minLength: 1, maxLength: 20, pattern: '\\S' }),
  kind: keysOf(UNIT_KINDS),
  parentId: nullable(Id),
  /** The town a squadron stands for; mobile squadrons have none. */
  townId: nullable(Id),
  phone: nullable(Type.String({ maxLength: 40 })),
  sort: Type.Integer({ minimum: 0, maximum: 100_000 }),
};

export const createUnit = endpoint({
  id: 'org.createUnit',
  method: 'POST',
  path: '/org/units',
  access: 'org.manage',
  summary: '新增单位',
  body: Type.Object({ code: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$' }), ...UnitFields }, strict),
  response: Type.Object({ id: Id }),
});

export const updateUnit = endpoint({
  id: 'org.updateUnit',
  method: 'PUT',
  path: '/org/units/:id',
  access: 'org.manage',
  summary: '修改单位',
  params: IdParams,
  body: Type.Object({ version: Version, ...UnitFields }, strict),
  response: Type.Object({ id: Id, version: Version }),
});

export const setUnitClosed = endpoint({
  id: 'org.setUnitClosed',
  method: 'POST',
  path: '/org/units/:id/closed',
  access: 'org.manage',
  summary: '撤销或恢复单位',
  params: IdParams,
  body: Type.Object({ version: Version, closed: Type.Boolean(), reason: Reason }, strict),
  response: Type.Object({ id: Id, version: Version }),
});

// ── people ─────────────────────────────────────────────────────────────

export const PersonItem = Type.Object({
  id: Id,
  staffNo: Type.String(),
  name: Type.String(),
  badgeNo: nullable(Type.String()),
  posts: Type.Array(
    Type.Object({ unit: UnitRef, role: keysOf(ROLES), roleLabel: Type.String(), title: nullable(Type.String()) }),
  ),
  pendingGrants: Type.Integer(),
  hasAccount: Type.Boolean(),
  left: Type.Boolean(),
});
export type PersonItem = Static<typeof PersonItem>;

export const listPeople = endpoint({
  id: 'org.people',
  method: 'GET',
  path: '/org/people',
  access: 'org.manage',
  summary: '人员列表',
  query: Type.Object(
    {
      q: Type.Optional(Type.String({ maxLength: 40, description: '姓名、工号或执法证号' })),
      unitId: Type.Optional(Id),
      role: Type.Optional(keysOf(ROLES)),
      left: Type.Optional(Type.Boolean({ description: '只看已离职' })),
      without: Type.Optional(Type.Enum(['post', 'account'], { description: '没有岗位，或没有账号' })),
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(PersonItem),
});

export const Posting = Type.Object({
  id: Id,
  unit: UnitRef,
  role: keysOf(ROLES),
  roleLabel: Type.String(),
  title: nullable(Type.String()),
  startedOn: Day,
  endedOn: nullable(Day),
});

export const GRANT_STATUSES = { pending: '待确认', granted: '已授予', refused: '未同意', withdrawn: '已撤回' } as const;

export const RoleGrant = Type.Object({
  id: Id,
  person: Type.Object({ ...PersonRef.properties, staffNo: Type.String() }),
  unit: UnitRef,
  role: keysOf(ROLES),
  roleLabel: Type.String(),
  title: nullable(Type.String()),
  startsOn: Day,
  /** A transfer: the post that ends when this one is granted. */
  replaces: nullable(Type.Object({ unit: UnitRef, roleLabel: Type.String() })),
  reason: Type.String(),
  proposedBy: PersonRef,
  proposedAt: Instant,
  status: keysOf(GRANT_STATUSES),
  decidedBy: nullable(PersonRef),
  decidedAt: nullable(Instant),
  decisionNote: nullable(Type.String()),
});
export type RoleGrant = Static<typeof RoleGrant>;

export const PersonDetail = Type.Object({
  id: Id,
  staffNo: Type.String(),
  name: Type.String(),
  badgeNo: nullable(Type.String()),
  mobile: nullable(Type.String()),
  leftAt: nullable(Instant),
  version: Version,
  postings: Type.Array(Posting),
  grants: Type.Array(RoleGrant),
  /** Orders not closed that are assigned to the person: a number only, administrators do not read complaints. */
  openOrders: Type.Integer(),
});
export type PersonDetail = Static<typeof PersonDetail>;

export const getPerson = endpoint({
  id: 'org.person',
  method: 'GET',
  path: '/org/people/:id',
  access: 'org.manage',
  summary: '人员详情：任职历史与待确认的岗位',
  params: IdParams,
  response: PersonDetail,
});

const PersonFields = {
  staffNo: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$' }),
  name: Type.String({ minLength: 1, maxLength: 30, pattern: '\\S' }),
  badgeNo: nullable(Type.String({ minLength: 1, maxLength: 32 })),
  mobile: nullable(Type.String({ pattern: '^1[3-9][0-9]{9}$' })),
};

export const createPerson = endpoint({
  id: 'org.createPerson',
  method: 'POST',
  path: '/org/people',
  access: 'org.manage',
  summary: '新增人员',
  body: Type.Object(PersonFields, strict),
  response: Type.Object({ id: Id }),
});

export const updatePerson = endpoint({
  id: 'org.updatePerson',
  method: 'PUT',
  path: '/org/people/:id',
  access: 'org.manage',
  summary: '修改人员信息',
  params: IdParams,
  body: Type.Object({ version: Version, ...PersonFields }, strict),
  response: Type.Object({ id: Id, version: Version }),
});

export const setPersonLeft = endpoint({
  id: 'org.setPersonLeft',
  method: 'POST',
  path: '/org/people/:id/left',
  access: 'org.manage',
  summary: '办理离职（结束全部岗位、停用账号）或恢复在册',
  params: IdParams,
  body: Type.Object({ version: Version, left: Type.Boolean(), reason: Reason }, strict),
  response: Type.Object({ id: Id, version: Version }),
});

// ── posts and roles ────────────────────────────────────────────────────

export const proposePost = endpoint({
  id: 'org.proposePost',
  method: 'POST',
  path: '/org/people/:id/grants',
  access: 'org.manage',
  summary: '提出任职或调动，由安全管理员确认后生效',
  params: IdParams,
  body: Type.Object(
    {
      commandId: CommandId,
      unitId: Id,
      role: keysOf(ROLES),
      title: nullable(Type.String({ minLength: 1, maxLength: 30 })),
      startsOn: Day,
      replacesPostingId: nullable(Id),
      reason: Reason,
    },
    strict,
  ),
  response: Type.Object({ id: Id, openOrders: Type.Integer() }),
});

export const withdrawGrant = endpoint({
  id: 'org.withdrawGrant',
  method: 'POST',
  path: '/org/grants/:id/withdrawal',
  access: 'org.manage',
  summary: '撤回尚未确认的任职',
  params: IdParams,
});

export const endPosting = endpoint({
  id: 'org.endPosting',
  method: 'POST',
  path: '/org/postings/:id/end',
  access: 'org.manage',
  summary: '免去岗位',
  params: IdParams,
  body: Type.Object({ reason: Reason }, strict),
});

export const listGrants = endpoint({
  id: 'org.grants',
  method: 'GET',
  path: '/org/grants',
  access: 'role.grant',
  summary: '岗位授权：待确认的与近来办理的',
  query: Type.Object({ decided: Type.Optional(Type.Boolean()) }, strict),
  response: Type.Array(RoleGrant),
});

export const decideGrant = endpoint({
  id: 'org.decideGrant',
  method: 'POST',
  path: '/org/grants/:id/decision',
  access: 'role.grant',
  summary: '确认或不同意岗位授权',
  params: IdParams,
  body: Type.Object({ grant: Type.Boolean(), note: nullable(Type.String({ maxLength: 500 })) }, strict),
});

// ── import ─────────────────────────────────────────────────────────────

export const ImportRow = Type.Object({
  row: Type.Integer(),
  staffNo: Type.String(),
  name: Type.String(),
  unit: Type.String(),
  role: Type.String(),
  outcome: Type.Enum(['create', 'update', 'unchanged', 'rejected']),
  /** What will be done, or why the row cannot be taken. */
  notes: Type.Array(Type.String()),
});
export type ImportRow = Static<typeof ImportRow>;

export const ImportResult = Type.Object({
  /** `false`: a preview, nothing has been written. */
  written: Type.Boolean(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: Type.Integer(),
  proposed: Type.Integer(),
  rows: Type.Array(ImportRow),
});
export type ImportResult = Static<typeof ImportResult>;

/** Multipart: one field `file`, xlsx or csv, with columns 工号、姓名、单位、岗位 and, if there, 执法证号、手机号、职务. */
export const importPeople = endpoint({
  id: 'org.importPeople',
  method: 'POST',
  path: '/org/people/import',
  access: 'org.manage',
  summary: '从表格导入人员：先预览，再导入',
  query: Type.Object({ write: Type.Optional(Type.Boolean({ default: false })) }, strict),
  response: ImportResult,
  rateLimit: 20,
});
