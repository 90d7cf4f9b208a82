import { KINDS, SOURCE_KINDS, STATUSES, URGENCIES } from '@bihuan/domain/complaint';
import { FIELD_KEYS } from '@bihuan/domain/intake';
import { type Static, Type } from 'typebox';
import { CommandId, Id, IdParams, Instant, keysOf, nullable, PersonRef, pageOf } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;

/** Largest spreadsheet taken in, bytes. */
export const IMPORT_LIMIT = 500 * 1024 * 1024;

// ── 表格导入 ──────────────────────────────────────────────────────────────

export const IMPORT_STATUSES = {
  draft: '待确认',
  queued: '排队中',
  running: '导入中',
  done: '已完成',
  cancelled: '已取消',
  failed: '未完成',
} as const;
export const DATE_ORDERS = { ymd: '年 月 日', mdy: '月 日 年', dmy: '日 月 年' } as const;

export const ImportView = Type.Object({
  id: Id,
  fileName: Type.String(),
  source: Type.Object({ id: Id, name: Type.String() }),
  status: keysOf(IMPORT_STATUSES),
  /** Share of the file read, 0 to 1. */
  progress: Type.Number(),
  read: Type.Integer(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: Type.Integer(),
  conflicts: Type.Integer(),
  /** Orders put to their matters: the import's last step. `compareTotal` is `null` before it. */
  compared: Type.Integer(),
  compareTotal: nullable(Type.Integer()),
  hasRejects: Type.Boolean(),
  error: nullable(Type.String()),
  cancelling: Type.Boolean(),
  createdBy: nullable(PersonRef),
  createdAt: Instant,
  startedAt: nullable(Instant),
  finishedAt: nullable(Instant),
});
export type ImportView = Static<typeof ImportView>;

const Field = Type.Enum(FIELD_KEYS as [(typeof FIELD_KEYS)[number], ...(typeof FIELD_KEYS)[number][]]);

export const uploadImport = endpoint({
  id: 'intake.upload',
  method: 'POST',
  path: '/intake/imports',
  access: 'complaint.import',
  summary: '上传要导入的表格（表单字段 sourceId 在前，文件 file 在后；xlsx 或 csv，至多 500 MB）',
  response: Type.Object({ id: Id }),
  rateLimit: 30,
});

/** How the sheet is read. Absent = as remembered for the source, or proposed. */
export const ReadingPlan = Type.Object(
  {
    sourceId: Id,
    sheet: Type.Optional(Type.String({ maxLength: 200 })),
    /** Field by column position; a position left out keeps the column among the extras. */
    columns: Type.Optional(
      Type.Array(Type.Object({ index: Type.Integer({ minimum: 0 }), field: nullable(Field) }, strict), {
        maxItems: 2000,
      }),
    ),
    defaultReceivedAt: Type.Optional(Instant),
    dateOrder: Type.Optional(keysOf(DATE_ORDERS)),
  },
  strict,
);
export type ReadingPlan = Static<typeof ReadingPlan>;

export const ImportPreview = Type.Object({
  fileName: Type.String(),
  kind: Type.Enum(['xlsx', 'csv']),
  encoding: nullable(Type.String()),
  sheets: Type.Array(Type.String()),
  sheet: Type.String(),
  /** Rows of the heading as the spreadsheet program counts them; empty when there is none. */
  headingRows: Type.Array(Type.Integer()),
  columns: Type.Array(
    Type.Object({
      index: Type.Integer(),
      header: Type.String(),
      field: nullable(Field),
      confidence: Type.Number(),
      why: Type.String(),
      samples: Type.Array(Type.String()),
    }),
  ),
  /** Labels of what every order needs and no column gives. */
  missing: Type.Array(Type.String()),
  /** The mapping was confirmed for this source and these columns before. */
  remembered: Type.Boolean(),
  rows: Type.Array(
    Type.Object({
      rowNumber: Type.Integer(),
      ok: Type.Boolean(),
      externalNo: nullable(Type.String()),
      receivedAt: nullable(Instant),
      title: nullable(Type.String()),
      content: nullable(Type.String()),
      address: nullable(Type.String()),
      complainant: nullable(Type.String()),
      phone: nullable(Type.String()),
      problems: Type.Array(Type.Object({ level: Type.Enum(['reject', 'warn']), message: Type.String() })),
    }),
  ),
});
export type ImportPreview = Static<typeof ImportPreview>;

export const previewImport = endpoint({
  id: 'intake.preview',
  method: 'POST',
  path: '/intake/imports/:id/preview',
  access: 'complaint.import',
  summary: '识别表头与列对应，试读前 20 行',
  params: IdParams,
  body: ReadingPlan,
  response: ImportPreview,
});

export const startImport = endpoint({
  id: 'intake.start',
  method: 'POST',
  path: '/intake/imports/:id/start',
  access: 'complaint.import',
  summary: '按确认的列对应开始导入',
  params: IdParams,
  body: Type.Object(
    {
      commandId: CommandId,
      ...ReadingPlan.properties,
      columns: Type.Array(Type.Object({ index: Type.Integer({ minimum: 0 }), field: nullable(Field) }, strict), {
        maxItems: 2000,
      }),
      /** Rows that carry an answer and its time become closed orders. */
      closeAnswered: Type.Boolean(),
    },
    strict,
  ),
  response: ImportView,
});

export const getImport = endpoint({
  id: 'intake.get',
  method: 'GET',
  path: '/intake/imports/:id',
  access: 'complaint.import',
  summary: '一次导入的进度与结果',
  params: IdParams,
  response: ImportView,
});

export const listImports = endpoint({
  id: 'intake.list',
  method: 'GET',
  path: '/intake/imports',
  access: 'complaint.import',
  summary: '历次导入',
  query: Type.Object(
    {
      after: Type.Optional(Id),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 30 })),
    },
    strict,
  ),
  response: pageOf(ImportView),
});

export const cancelImport = endpoint({
  id: 'intake.cancel',
  method: 'POST',
  path: '/intake/imports/:id/cancel',
  access: 'complaint.import',
  summary: '取消导入；已导入的保留',
  params: IdParams,
  response: ImportView,
});

export const downloadRejects = endpoint({
  id: 'intake.rejects',
  method: 'GET',
  path: '/intake/imports/:id/rejects.xlsx',
  access: 'complaint.import',
  summary: '下载退回的行（原内容与原因）',
  params: IdParams,
});

/** Sources that a spreadsheet may come from. */
export const importSources = endpoint({
  id: 'intake.importSources',
  method: 'GET',
  path: '/intake/import-sources',
  access: 'complaint.import',
  summary: '可导入的来源',
  response: Type.Object({ sources: Type.Array(Type.Object({ id: Id, code: Type.String(), name: Type.String() })) }),
});

// ── 来源管理 ──────────────────────────────────────────────────────────────

export const SIGNATURE_ALGORITHMS = { sha256: 'HMAC-SHA256', sm3: 'HMAC-SM3（国密）' } as const;

export const SourceView = Type.Object({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  kind: keysOf(SOURCE_KINDS),
  signatureAlgorithm: keysOf(SIGNATURE_ALGORITHMS),
  hasSecret: Type.Boolean(),
  secretMadeAt: nullable(Instant),
  callbackUrl: nullable(Type.String()),
  closed: Type.Boolean(),
  version: Type.Integer(),
  /** Call-backs not delivered yet. */
  waiting: Type.Integer(),
  givenUp: Type.Integer(),
});
export type SourceView = Static<typeof SourceView>;

export const listSources = endpoint({
  id: 'intake.sources',
  method: 'GET',
  path: '/intake/sources',
  access: 'dictionary.manage',
  summary: '诉件来源及其接口设置',
  response: Type.Object({ items: Type.Array(SourceView) }),
});

export const createSource = endpoint({
  id: 'intake.createSource',
  method: 'POST',
  path: '/intake/sources',
  access: 'dictionary.manage',
  summary: '新增来源',
  body: Type.Object(
    {
      commandId: CommandId,
      code: Type.String({ pattern: '^[a-z][a-z0-9_]{1,30}$' }),
      name: Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' }),
      kind: keysOf(SOURCE_KINDS),
    },
    strict,
  ),
  response: SourceView,
});

export const changeSource = endpoint({
  id: 'intake.changeSource',
  method: 'PUT',
  path: '/intake/sources/:id',
  access: 'dictionary.manage',
  summary: '修改来源的名称、签名算法、回传地址，停用或启用',
  params: IdParams,
  body: Type.Object(
    {
      commandId: CommandId,
      version: Type.Integer(),
      name: Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' }),
      signatureAlgorithm: keysOf(SIGNATURE_ALGORITHMS),
      callbackUrl: nullable(Type.String({ maxLength: 500 })),
      closed: Type.Boolean(),
    },
    strict,
  ),
  response: SourceView,
});

export const makeSecret = endpoint({
  id: 'intake.makeSecret',
  method: 'POST',
  path: '/intake/sources/:id/secret',
  access: 'dictionary.manage',
  summary: '生成接口密钥（只显示一次；原密钥立即失效）',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Integer() }, strict),
  response: Type.Object({ secret: Type.String(), source: SourceView }),
  rateLimit: 10,
});

export const DELIVERY_STATES = { waiting: '待回传', delivered: '已回传', given_up: '已停止重试' } as const;

export const DeliveryView = Type.Object({
  id: Id,
  source: Type.Object({ id: Id, name: Type.String() }),
  externalNo: Type.String(),
  status: keysOf(STATUSES),
  state: keysOf(DELIVERY_STATES),
  attempts: Type.Integer(),
  lastStatus: nullable(Type.Integer()),
  lastError: nullable(Type.String()),
  nextAttemptAt: nullable(Instant),
  deliveredAt: nullable(Instant),
  createdAt: Instant,
});
export type DeliveryView = Static<typeof DeliveryView>;

export const listDeliveries = endpoint({
  id: 'intake.deliveries',
  method: 'GET',
  path: '/intake/deliveries',
  access: 'dictionary.manage',
  summary: '状态回传记录（最近的 200 条，未成功的在前）',
  query: Type.Object({ sourceId: Type.Optional(Id), state: Type.Optional(keysOf(DELIVERY_STATES)) }, strict),
  response: Type.Object({ items: Type.Array(DeliveryView) }),
});

export const retryDelivery = endpoint({
  id: 'intake.retryDelivery',
  method: 'POST',
  path: '/intake/deliveries/:id/retry',
  access: 'dictionary.manage',
  summary: '立即重新回传',
  params: IdParams,
  response: DeliveryView,
});

// ── 平台接口 ──────────────────────────────────────────────────────────────

/** Headers of a signed request; docs/adr/0007 says how the signature is made. */
export const SIGNATURE_HEADERS = {
  timestamp: 'x-bihuan-timestamp',
  signature: 'x-bihuan-signature',
  idempotencyKey: 'idempotency-key',
} as const;

const text = (maxLength: number) => Type.Optional(nullable(Type.String({ maxLength })));

export const PlatformOrder = Type.Object(
  {
    externalNo: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    receivedAt: Instant,
    title: text(200),
    content: Type.String({ minLength: 1, maxLength: 20_000, pattern: '\\S' }),
    address: text(500),
    town: text(100),
    categories: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 4 })),
    kind: Type.Optional(keysOf(KINDS)),
    urgency: Type.Optional(keysOf(URGENCIES)),
    complainantName: text(100),
    complainantPhone: text(100),
    anonymous: Type.Optional(Type.Boolean()),
    callbackWanted: Type.Optional(Type.Boolean()),
    extras: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 2000 }))),
  },
  strict,
);
export type PlatformOrder = Static<typeof PlatformOrder>;

const SourceParams = Type.Object({ source: Type.String({ maxLength: 64 }) }, strict);

export const pushOrders = endpoint({
  id: 'intake.push',
  method: 'POST',
  path: '/intake/:source/orders',
  access: 'public',
  summary: '平台推送诉件（签名、幂等键，每批至多 500 件；全批同时写入）',
  params: SourceParams,
  body: Type.Object({ orders: Type.Array(PlatformOrder, { minItems: 1, maxItems: 500 }) }, strict),
  response: Type.Object({
    results: Type.Array(
      Type.Object({
        externalNo: Type.String(),
        result: Type.Enum(['created', 'updated', 'unchanged', 'conflict', 'rejected']),
        number: nullable(Type.String()),
        reasons: Type.Array(Type.String()),
      }),
    ),
  }),
});

export const pushedOrder = endpoint({
  id: 'intake.pushedOrder',
  method: 'GET',
  path: '/intake/:source/orders/:externalNo',
  access: 'public',
  summary: '平台查询本来源诉件的办理状态（签名）',
  params: Type.Object({ source: Type.String({ maxLength: 64 }), externalNo: Type.String({ maxLength: 100 }) }, strict),
  response: Type.Object({
    externalNo: Type.String(),
    number: Type.String(),
    status: keysOf(STATUSES),
    statusLabel: Type.String(),
    unit: nullable(Type.String()),
    receivedAt: Instant,
    dueAt: nullable(Instant),
    closedAt: nullable(Instant),
    reopenCount: Type.Integer(),
  }),
});
