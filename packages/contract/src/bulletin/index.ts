import { BULLETIN_ACTIONS, BULLETIN_KINDS, BULLETIN_STATUSES, LIMITS } from '@bihuan/domain/bulletin';
import { STATUSES } from '@bihuan/domain/complaint';
import { PARTS } from '@bihuan/domain/indicator';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

/** `2023-W23` or `2023-06`. */
export const BulletinPeriod = Type.String({ maxLength: 8, pattern: '^\\d{4}-(W\\d{2}|\\d{2})$' });

export const Section = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9_-]+$' }),
    heading: Type.String({ maxLength: LIMITS.heading }),
    body: Type.String({ maxLength: LIMITS.body }),
  },
  strict,
);

/** What may be written; figures stand in it as `{{key}}` or `{{key|part}}`, tables and charts as `{{table:units}}` alone on a line. */
export const BulletinText = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: LIMITS.title, pattern: '\\S' }),
    recipients: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    sections: Type.Array(Section, { minItems: 1, maxItems: LIMITS.sections }),
  },
  strict,
);
export type BulletinText = Static<typeof BulletinText>;

export const BulletinItem = Type.Object({
  id: Id,
  kind: keysOf(BULLETIN_KINDS),
  /** `2023-06`, `2023-W23` */
  period: Type.String(),
  periodLabel: Type.String(),
  from: Day,
  to: Day,
  revision: Type.Integer(),
  /** A later revision has been published. */
  superseded: Type.Boolean(),
  status: keysOf(BULLETIN_STATUSES),
  number: nullable(Type.String()),
  title: Type.String(),
  publishedAt: nullable(Instant),
  /** Units that gave their receipt, of those asked to. */
  received: Type.Integer(),
  receivers: Type.Integer(),
  /** Whether the actor's unit is asked for its receipt and has not given it. */
  awaitsMyReceipt: Type.Boolean(),
});
export type BulletinItem = Static<typeof BulletinItem>;

export const listBulletins = endpoint({
  id: 'bulletin.list',
  method: 'GET',
  path: '/bulletins',
  access: 'bulletin.read',
  summary: '通报列表；草稿只列给起草、审核、签发的人',
  query: Type.Object(
    {
      kind: Type.Optional(keysOf(BULLETIN_KINDS)),
      status: Type.Optional(keysOf(BULLETIN_STATUSES)),
      year: Type.Optional(Type.Integer({ minimum: 2000, maximum: 2100 })),
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 30 })),
    },
    strict,
  ),
  response: pageOf(BulletinItem),
});

/** A frozen number with what was known of it when it was taken. `data`: see `FigureData` of the domain. */
export const BulletinFigure = Type.Object({
  key: Type.String(),
  label: Type.String(),
  value: nullable(Type.Number()),
  numerator: nullable(Type.Integer()),
  denominator: nullable(Type.Integer()),
  data: Type.Any(),
});

export const BulletinReceipt = Type.Object({
  unit: UnitRef,
  kind: Type.String(),
  receivedAt: nullable(Instant),
  receivedBy: nullable(PersonRef),
});

export const Bulletin = Type.Object({
  ...BulletinItem.properties,
  recipients: Type.String(),
  sections: Type.Array(Section),
  /** The figures count up to this instant. */
  asOf: Instant,
  draftedBy: PersonRef,
  draftedAt: Instant,
  editors: Type.Array(PersonRef),
  reviewedBy: nullable(PersonRef),
  reviewedAt: nullable(Instant),
  signedBy: nullable(PersonRef),
  correctionReason: nullable(Type.String()),
  /** All revisions of the period that the actor may see, oldest first. */
  revisions: Type.Array(
    Type.Object({
      id: Id,
      revision: Type.Integer(),
      status: keysOf(BULLETIN_STATUSES),
      number: nullable(Type.String()),
      publishedAt: nullable(Instant),
    }),
  ),
  figures: Type.Array(BulletinFigure),
  receipts: Type.Array(BulletinReceipt),
  /** The words with which it was last sent back, while it is a draft again. */
  sentBack: nullable(Type.Object({ by: nullable(PersonRef), at: Instant, reason: Type.String() })),
  version: Type.Integer(),
  allowedActions: Type.Array(keysOf(BULLETIN_ACTIONS)),
});
export type Bulletin = Static<typeof Bulletin>;

export const readBulletin = endpoint({
  id: 'bulletin.read',
  method: 'GET',
  path: '/bulletins/:id',
  access: 'bulletin.read',
  summary: '一份通报：文字、数据、签收',
  params: IdParams,
  response: Bulletin,
});

export const createBulletin = endpoint({
  id: 'bulletin.create',
  method: 'POST',
  path: '/bulletins',
  access: 'bulletin.draft',
  summary: '起草某周、某月的通报；已有的打开最新一版，不另建',
  body: Type.Object({ commandId: CommandId, period: BulletinPeriod }, strict),
  response: Type.Object({ id: Id, created: Type.Boolean() }),
});

export const editBulletin = endpoint({
  id: 'bulletin.edit',
  method: 'PUT',
  path: '/bulletins/:id/text',
  access: 'bulletin.draft',
  summary: '修改文字（不能改数据）',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Integer(), ...BulletinText.properties }, strict),
  response: Type.Object({ version: Type.Integer() }),
});

const command = <const A extends string>(action: A) => Type.Object({ action: Type.Literal(action) }, strict);

export const commandBulletin = endpoint({
  id: 'bulletin.command',
  method: 'POST',
  path: '/bulletins/:id/commands',
  access: 'bulletin.read',
  summary: '重取数据、作废、提交、撤回、退回、审核、签发、更正、签收',
  params: IdParams,
  body: Type.Object(
    {
      commandId: CommandId,
      version: Type.Optional(Type.Integer()),
      command: Type.Union([
        Type.Object({ action: Type.Literal('refresh'), rewrite: Type.Boolean() }, strict),
        Type.Object({ action: Type.Literal('discard'), reason: Reason }, strict),
        command('submit'),
        command('withdraw'),
        Type.Object({ action: Type.Literal('send_back'), reason: Reason }, strict),
        command('approve'),
        command('publish'),
        Type.Object(
          { action: Type.Literal('correct'), reason: Reason, figures: Type.Enum(['keep', 'retake']) },
          strict,
        ),
        command('receive'),
      ]),
    },
    strict,
  ),
  response: Type.Object({
    /** The bulletin to look at next: of a correction, the new revision; of a discarded one, the revision before it or none. */
    id: nullable(Id),
    status: keysOf(BULLETIN_STATUSES),
    version: Type.Integer(),
    repeated: Type.Boolean(),
  }),
});

export const previewBulletin = endpoint({
  id: 'bulletin.preview',
  method: 'POST',
  path: '/bulletins/:id/preview',
  access: 'bulletin.read',
  summary: '按未保存的文字预览网页版',
  params: IdParams,
  body: BulletinText,
  response: Type.Object({ html: Type.String(), problems: Type.Array(Type.String()) }),
  rateLimit: 120,
});

/** What stands around the text of a bulletin, GB/T 9704-2012: drafts begun afterwards carry it. */
export const Letterhead = Type.Object(
  {
    /** 发文机关标志 */
    issuer: Type.String({ minLength: 2, maxLength: 40, pattern: '\\S' }),
    /** 署名 */
    unit: Type.String({ minLength: 2, maxLength: 40, pattern: '\\S' }),
    /** 发文机关代字，按种类 */
    series: Type.Object(
      {
        monthly: Type.String({ minLength: 1, maxLength: 12, pattern: '^[^\\s〔〕]+$' }),
        weekly: Type.String({ minLength: 1, maxLength: 12, pattern: '^[^\\s〔〕]+$' }),
      },
      strict,
    ),
    /** 抄送机关 */
    cc: Type.Array(Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' }), { maxItems: 20 }),
    /** 印发机关 */
    printedBy: Type.String({ minLength: 2, maxLength: 40, pattern: '\\S' }),
  },
  strict,
);
export type Letterhead = Static<typeof Letterhead>;

export const readLetterhead = endpoint({
  id: 'bulletin.readLetterhead',
  method: 'GET',
  path: '/bulletins/letterhead',
  access: 'bulletin.review',
  summary: '通报版头：发文机关、代字、署名、抄送、印发',
  response: Letterhead,
});

export const saveLetterhead = endpoint({
  id: 'bulletin.saveLetterhead',
  method: 'PUT',
  path: '/bulletins/letterhead',
  access: 'bulletin.review',
  summary: '修改通报版头；此后起草的通报适用，已起草的不变',
  body: Type.Object({ commandId: CommandId, ...Letterhead.properties }, strict),
  response: Letterhead,
});

const document = <const F extends string>(format: F, name: string) =>
  endpoint({
    id: `bulletin.${format}`,
    method: 'GET',
    path: `/bulletins/:id/document.${format}`,
    access: 'bulletin.read',
    summary: `通报成文（${name}）`,
    params: IdParams,
    rateLimit: 60,
  });
export const bulletinDocx = document('docx', 'DOCX，GB/T 9704-2012');
export const bulletinPdf = document('pdf', 'PDF');
export const bulletinHtml = document('html', '网页');

/** An order behind a frozen figure; `times`: handlings of it that were counted. */
export const BulletinOrder = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  /** As it is now. */
  status: keysOf(STATUSES),
  unit: nullable(UnitRef),
  category: nullable(Type.String()),
  receivedAt: Instant,
  times: Type.Integer(),
});

export const bulletinOrders = endpoint({
  id: 'bulletin.orders',
  method: 'GET',
  path: '/bulletins/:id/figures/:key/orders',
  access: 'complaint.read',
  summary: '冻结数据背后的诉件（仅列出查看范围内的）',
  params: Type.Object({ id: Id, key: Type.String({ maxLength: 150 }) }, strict),
  query: Type.Object(
    {
      part: Type.Optional(keysOf(PARTS)),
      after: Type.Optional(Id),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: Type.Object({
    figure: BulletinFigure,
    /** Handlings in the part, as the figure counts them. */
    total: Type.Integer(),
    /** Orders in it, and how many of these are in the actor's scope. */
    orders: Type.Integer(),
    visible: Type.Integer(),
    items: Type.Array(BulletinOrder),
    next: nullable(Id),
  }),
});

export const compareBulletins = endpoint({
  id: 'bulletin.compare',
  method: 'GET',
  path: '/bulletins/:id/changes',
  access: 'bulletin.read',
  summary: '与上一版相比的改动',
  params: IdParams,
  response: Type.Object({
    before: nullable(Type.Object({ id: Id, revision: Type.Integer(), number: nullable(Type.String()) })),
    reason: nullable(Type.String()),
    title: nullable(Type.Object({ before: Type.String(), now: Type.String() })),
    /** Sections whose text differs, with figures written out. */
    sections: Type.Array(
      Type.Object({ key: Type.String(), heading: Type.String(), before: Type.String(), now: Type.String() }),
    ),
    /** Figures whose numbers, or the orders behind them, differ. */
    figures: Type.Array(
      Type.Object({
        key: Type.String(),
        label: Type.String(),
        before: nullable(Type.String()),
        now: nullable(Type.String()),
        added: Type.Integer(),
        removed: Type.Integer(),
      }),
    ),
  }),
});
