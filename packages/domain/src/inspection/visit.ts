import { permits } from '../access/index.ts';
import { type Inspector, servesAt } from './party.ts';
import { type AnswerResult, INSPECTORS_A_VISIT, type PlanStatus, type VisitStatus } from './vocabulary.ts';

export interface ChecklistItem {
  readonly no: number;
  readonly weight: number;
  readonly photoRequired: boolean;
}
export interface VisitAnswer {
  readonly no: number;
  readonly result: AnswerResult;
  readonly note: string | null;
  readonly photos: number;
}

export interface VisitState {
  readonly id: string;
  readonly status: VisitStatus;
  readonly version: number;
  readonly planStatus: PlanStatus;
  /** The unit inspected. */
  readonly unitId: string;
  /** As drawn. */
  readonly inspectorIds: readonly string[];
  readonly signedBy: readonly string[];
  readonly items: readonly ChecklistItem[];
  readonly answers: readonly VisitAnswer[];
}

export type VisitCommand =
  | {
      readonly action: 'record';
      readonly answers: readonly {
        readonly no: number;
        readonly result: AnswerResult;
        readonly note?: string;
        readonly fileIds?: readonly string[];
      }[];
    }
  | { readonly action: 'sign' };
export type VisitAction = VisitCommand['action'];
export const VISIT_ACTIONS = { record: '填写检查表', sign: '签字' } as const satisfies Record<VisitAction, string>;

export const VISIT_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  not_inspector: '只有抽取到的督察人员可以办理',
  own_unit: '不能督察本人任职的单位',
  not_active: '督察计划不在开展中',
  wrong_status: '督察已完成签字，不能再改',
  unknown_item: '检查表没有这一项',
  answers_left: '检查表还有未填写的项',
  note_required: '不合格的项须写明情况',
  photo_required: '要求拍照的项须有现场照片',
  already_signed: '您已经签字，等待另一人会签',
} as const;
export type VisitRefusal = keyof typeof VISIT_REFUSALS;

function refusal(state: VisitState, action: VisitAction, actor: Inspector): VisitRefusal | null {
  if (!permits(actor, 'inspection.carryOut')) return 'not_permitted';
  if (!state.inspectorIds.includes(actor.personId)) return 'not_inspector';
  if (servesAt(actor, state.unitId)) return 'own_unit';
  if (state.planStatus !== 'active') return 'not_active';
  if (state.status !== 'pending' && state.status !== 'signing') return 'wrong_status';
  if (action === 'sign' && state.signedBy.includes(actor.personId)) return 'already_signed';
  return null;
}

/** What keeps the sheet from being signed; `null` when it is complete. */
export function incomplete(state: Pick<VisitState, 'items' | 'answers'>): VisitRefusal | null {
  const given = new Map(state.answers.map((answer) => [answer.no, answer]));
  for (const { no, photoRequired } of state.items) {
    const answer = given.get(no);
    if (!answer) return 'answers_left';
    if (answer.result === 'fail' && (answer.note ?? '').trim().length < 2) return 'note_required';
    if (photoRequired && answer.result !== 'not_applicable' && answer.photos === 0) return 'photo_required';
  }
  return null;
}

export function allowedVisitActions(state: VisitState, actor: Inspector): VisitAction[] {
  return (Object.keys(VISIT_ACTIONS) as VisitAction[]).filter((action) => refusal(state, action, actor) === null);
}

/** Share of the weights that passed, 0 to 100 with one decimal; `null` when nothing applied. */
export function scoreOf(state: Pick<VisitState, 'items' | 'answers'>): number | null {
  const weight = new Map(state.items.map((item) => [item.no, item.weight]));
  const sum = (results: readonly AnswerResult[]) =>
    state.answers.reduce((all, { no, result }) => (results.includes(result) ? all + (weight.get(no) ?? 0) : all), 0);
  const asked = sum(['pass', 'fail']);
  return asked === 0 ? null : Math.round((sum(['pass']) / asked) * 1000) / 10;
}

export interface VisitDecision {
  readonly next: VisitState;
  /** Set when the second signature makes the result final. */
  readonly concluded: { readonly score: number | null; readonly failed: readonly VisitAnswer[] } | null;
}
export type VisitResult =
  | { readonly ok: true; readonly decision: VisitDecision }
  | { readonly ok: false; readonly code: VisitRefusal };

/** One command on one visit: any change after a signature undoes it, two different inspectors sign the same sheet. */
export function decideVisit(state: VisitState, command: VisitCommand, actor: Inspector): VisitResult {
  const refused = refusal(state, command.action, actor);
  if (refused) return { ok: false, code: refused };
  const yes = (change: Partial<VisitState>, concluded: VisitDecision['concluded'] = null): VisitResult => ({
    ok: true,
    decision: { next: { ...state, ...change, version: state.version + 1 }, concluded },
  });
  if (command.action === 'record') {
    const known = new Set(state.items.map(({ no }) => no));
    if (command.answers.some(({ no }) => !known.has(no))) return { ok: false, code: 'unknown_item' };
    const answers = new Map(state.answers.map((answer) => [answer.no, answer]));
    for (const { no, result, note, fileIds } of command.answers)
      answers.set(no, {
        no,
        result,
        note: note?.trim() || null,
        photos: (answers.get(no)?.photos ?? 0) + (fileIds?.length ?? 0),
      });
    return yes({ status: 'pending', signedBy: [], answers: [...answers.values()].sort((a, b) => a.no - b.no) });
  }
  const missing = incomplete(state);
  if (missing) return { ok: false, code: missing };
  const signedBy = [...state.signedBy, actor.personId];
  if (signedBy.length < INSPECTORS_A_VISIT) return yes({ status: 'signing', signedBy });
  return yes(
    { status: 'signed', signedBy },
    { score: scoreOf(state), failed: state.answers.filter(({ result }) => result === 'fail') },
  );
}
