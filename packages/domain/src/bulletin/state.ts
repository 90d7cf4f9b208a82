import type { Actor, Permission } from '../access/index.ts';
import { permits } from '../access/index.ts';
import { LIMITS, type Section, sectionProblems } from './text.ts';

export const BULLETIN_KINDS = { weekly: '每周分析', monthly: '每月通报' } as const;
export type BulletinKind = keyof typeof BULLETIN_KINDS;

export const BULLETIN_STATUSES = {
  draft: '起草中',
  reviewing: '待审核',
  reviewed: '待签发',
  published: '已发布',
} as const;
export type BulletinStatus = keyof typeof BULLETIN_STATUSES;

/** All that `decide` looks at; read under the row lock. */
export interface BulletinState {
  readonly id: string;
  readonly kind: BulletinKind;
  readonly status: BulletinStatus;
  readonly version: number;
  readonly revision: number;
  /** No later revision of the period exists. */
  readonly latest: boolean;
  readonly title: string;
  readonly recipients: string;
  readonly sections: readonly Section[];
  readonly draftedBy: string;
  /** Everyone who wrote the text, the drafter among them: none of them reviews or signs it. */
  readonly editorIds: readonly string[];
  readonly reviewedBy: string | null;
  readonly receivedUnitIds: readonly string[];
}

/** What may be written; figures are not among it. */
export interface BulletinText {
  readonly title: string;
  readonly recipients: string;
  readonly sections: readonly Section[];
}

export type BulletinCommand =
  /** Takes the figures anew; `rewrite` also writes the text anew. */
  | { readonly action: 'refresh'; readonly rewrite: boolean }
  | ({ readonly action: 'edit' } & BulletinText)
  /** Throws a draft away: begun by mistake, or a correction no longer wanted. */
  | { readonly action: 'discard'; readonly reason: string }
  | { readonly action: 'submit' }
  /** The drafters take it back before it is reviewed. */
  | { readonly action: 'withdraw' }
  | { readonly action: 'send_back'; readonly reason: string }
  | { readonly action: 'approve' }
  | { readonly action: 'publish' }
  /** Begins the next revision: from the frozen figures, or with figures taken anew. */
  | { readonly action: 'correct'; readonly reason: string; readonly figures: 'keep' | 'retake' }
  | { readonly action: 'receive' };
export type BulletinAction = BulletinCommand['action'];

export const BULLETIN_ACTIONS: Readonly<Record<BulletinAction, string>> = {
  refresh: '重取数据',
  edit: '修改文字',
  discard: '作废草稿',
  submit: '提交审核',
  withdraw: '撤回',
  send_back: '退回修改',
  approve: '审核通过',
  publish: '签发',
  correct: '更正',
  receive: '签收',
};

export const BULLETIN_REFUSALS = {
  wrong_status: '当前状态下不能进行这一操作',
  not_permitted: '您的岗位没有这项权限',
  own_text: '起草或修改过文字的人不能审核、签发',
  own_review: '审核人不能签发同一份通报',
  not_latest: '已有更新的版次，请在最新一版上更正',
  already_received: '您所在单位已签收',
  cannot_receive: '签收由各单位内勤、负责人或联络员办理',
  reason_required: '请填写理由',
  text_invalid: '通报文字有误，请改正后再提交',
} as const;
export type BulletinRefusal = keyof typeof BULLETIN_REFUSALS;

/** What a command changes: the bulletin after it, and what is to be done beside it. */
export interface BulletinDecision {
  readonly next: BulletinState;
  readonly note: string | null;
  /** Take the figures from the orders and put them in the place of the old ones. */
  readonly retake: boolean;
  readonly rewrite: boolean;
  /** Remove the draft with its figures. */
  readonly discard: boolean;
  /** Begin the next revision. */
  readonly revision: { readonly reason: string; readonly figures: 'keep' | 'retake' } | null;
  readonly receiptOfUnit: string | null;
}
export type BulletinDecisionResult =
  | { readonly ok: true; readonly decision: BulletinDecision }
  | { readonly ok: false; readonly code: BulletinRefusal; readonly problems?: readonly string[] };

/** Who gives a unit's receipt, and is told of a new bulletin. */
export const RECEIVING_ROLES = [
  'squadron_clerk',
  'squadron_leader',
  'coordination_clerk',
  'coordination_chief',
  'supervisor',
  'supervision_chief',
  'case_reviewer',
  'political_staff',
  'section_staff',
  'town_liaison',
  'partner_liaison',
  'discipline_inspector',
] as const;

interface Rule {
  readonly from: readonly BulletinStatus[];
  /** Any one of these; where several, which one depends on the status. */
  readonly permission: (status: BulletinStatus) => readonly Permission[];
}

const RULES = {
  refresh: { from: ['draft'], permission: () => ['bulletin.draft'] },
  edit: { from: ['draft'], permission: () => ['bulletin.draft'] },
  discard: { from: ['draft'], permission: () => ['bulletin.draft'] },
  submit: { from: ['draft'], permission: () => ['bulletin.draft'] },
  withdraw: { from: ['reviewing'], permission: () => ['bulletin.draft'] },
  send_back: {
    from: ['reviewing', 'reviewed'],
    permission: (status) => (status === 'reviewing' ? ['bulletin.review'] : ['bulletin.review', 'bulletin.sign']),
  },
  approve: { from: ['reviewing'], permission: () => ['bulletin.review'] },
  publish: { from: ['reviewed'], permission: () => ['bulletin.sign'] },
  correct: { from: ['published'], permission: () => ['bulletin.draft'] },
  receive: { from: ['published'], permission: () => ['bulletin.read'] },
} as const satisfies Record<BulletinAction, Rule>;

/** Why the actor may not do it now, whatever is filled in; `null` when he may. */
function refusalOf(state: BulletinState, action: BulletinAction, actor: Actor): BulletinRefusal | null {
  const rule: Rule = RULES[action];
  if (!rule.from.includes(state.status)) return 'wrong_status';
  if (!rule.permission(state.status).some((permission) => permits(actor, permission))) return 'not_permitted';
  const wrote = state.editorIds.includes(actor.personId);
  if ((action === 'approve' || action === 'publish') && wrote) return 'own_text';
  if (action === 'publish' && state.reviewedBy === actor.personId) return 'own_review';
  if (action === 'correct' && !state.latest) return 'not_latest';
  if (action === 'receive') {
    if (!(RECEIVING_ROLES as readonly string[]).includes(actor.role)) return 'cannot_receive';
    if (state.receivedUnitIds.includes(actor.unitId)) return 'already_received';
  }
  return null;
}

export function allowedBulletinActions(state: BulletinState, actor: Actor): BulletinAction[] {
  return (Object.keys(RULES) as BulletinAction[]).filter((action) => refusalOf(state, action, actor) === null);
}

/** Drafts are seen by those who write, review and sign them; what is published, by all who read bulletins. */
export function seesDrafts(actor: Actor): boolean {
  return permits(actor, 'bulletin.draft') || permits(actor, 'bulletin.review') || permits(actor, 'bulletin.sign');
}

/**
 * The one place where a bulletin changes. Three people at least: who writes it, who reviews it, who signs it.
 * @param figureKeys names of the bulletin's figures: text may refer to these and no others
 */
export function decideBulletin(
  state: BulletinState,
  command: BulletinCommand,
  actor: Actor,
  figureKeys: ReadonlySet<string>,
): BulletinDecisionResult {
  const code = refusalOf(state, command.action, actor);
  if (code) return { ok: false, code };
  const change = (changes: Partial<BulletinState>, rest: Partial<BulletinDecision> = {}): BulletinDecisionResult => ({
    ok: true,
    decision: {
      note: null,
      retake: false,
      rewrite: false,
      discard: false,
      revision: null,
      receiptOfUnit: null,
      ...rest,
      next: { ...state, ...changes, version: state.version + 1 },
    },
  });
  switch (command.action) {
    case 'refresh':
      return change(command.rewrite ? { editorIds: withEditor(state, actor) } : {}, {
        retake: true,
        rewrite: command.rewrite,
      });
    case 'edit': {
      const { title, recipients, sections } = command;
      const problems = textProblems({ title, recipients, sections }, figureKeys);
      if (problems.length > 0) return { ok: false, code: 'text_invalid', problems };
      return change({ title, recipients, sections, editorIds: withEditor(state, actor) });
    }
    case 'discard':
      if (command.reason.trim() === '') return { ok: false, code: 'reason_required' };
      return { ok: true, decision: { ...unchanged(state), note: command.reason, discard: true } };
    case 'submit': {
      const problems = textProblems(state, figureKeys);
      if (problems.length > 0) return { ok: false, code: 'text_invalid', problems };
      return change({ status: 'reviewing' });
    }
    case 'withdraw':
      return change({ status: 'draft' });
    case 'send_back':
      if (command.reason.trim() === '') return { ok: false, code: 'reason_required' };
      return change({ status: 'draft', reviewedBy: null }, { note: command.reason });
    case 'approve':
      return change({ status: 'reviewed', reviewedBy: actor.personId });
    case 'publish':
      return change({ status: 'published' });
    case 'correct': {
      if (command.reason.trim() === '') return { ok: false, code: 'reason_required' };
      const revision = { reason: command.reason, figures: command.figures };
      return { ok: true, decision: { ...unchanged(state), note: command.reason, revision } };
    }
    case 'receive':
      return {
        ok: true,
        decision: {
          ...unchanged({ ...state, receivedUnitIds: [...state.receivedUnitIds, actor.unitId] }),
          receiptOfUnit: actor.unitId,
        },
      };
  }
}

/** A published bulletin's row never changes: a correction and a receipt are rows of their own. */
const unchanged = (next: BulletinState): BulletinDecision => ({
  next,
  note: null,
  retake: false,
  rewrite: false,
  discard: false,
  revision: null,
  receiptOfUnit: null,
});

const withEditor = (state: BulletinState, actor: Actor): readonly string[] =>
  state.editorIds.includes(actor.personId) ? state.editorIds : [...state.editorIds, actor.personId];

/** What is wrong with a text, in Chinese; empty when it can be published. */
export function textProblems(text: BulletinText, figureKeys: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (text.title.trim() === '') problems.push('标题不能为空');
  if (text.title.length > LIMITS.title) problems.push(`标题最多 ${LIMITS.title} 个字`);
  if (text.recipients.trim() === '') problems.push('主送机关不能为空');
  return [...problems, ...sectionProblems(text.sections, figureKeys)];
}
