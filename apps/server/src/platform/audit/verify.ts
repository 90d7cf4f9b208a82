import type { Sql } from '../db/index.ts';
import { FIRST_ID, type LinkRow, linkHashAt, readLinks, readSeal, strayEvents } from './chain.repo.ts';
import { digested, GENESIS, linkHash } from './chain.ts';

const PAGE = 500;
/** A damaged chain is damaged; nobody reads a million lines of it. */
const MOST_PROBLEMS = 100;

export interface AuditProblem {
  /** `changed`: event or hash altered; `deleted`: event gone; `gap`: link gone; `stray`: event slipped in unsealed; `head`: end of the chain differs; `anchor`: differs from a hash noted before. */
  readonly kind: 'changed' | 'deleted' | 'gap' | 'stray' | 'head' | 'anchor';
  readonly seq: number | null;
  readonly eventId: string | null;
  /** Chinese, one sentence. */
  readonly message: string;
}

export interface AuditVerification {
  readonly ok: boolean;
  /** Links recomputed. */
  readonly checked: number;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly problems: readonly AuditProblem[];
}

export interface AuditProgress {
  /** Links recomputed, of how many. */
  readonly checked: number;
  readonly total: number;
  /** Found up to here. */
  readonly problems: readonly AuditProblem[];
}

/**
 * Recomputes the whole chain from the events.
 * @param options.anchor a head noted earlier outside the system: shows whether everything up to it has been replaced
 * @param options.onProgress called after each page of the chain
 * @throws the signal's reason when it is aborted
 */
export async function verifyAudit(
  sql: Sql,
  options: {
    anchor?: { seq: number; hash: string };
    signal?: AbortSignal;
    onProgress?: (progress: AuditProgress) => Promise<void>;
  } = {},
): Promise<AuditVerification> {
  const problems: AuditProblem[] = [];
  const report = (kind: AuditProblem['kind'], seq: number | null, eventId: string | null, message: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ kind, seq, eventId, message });
  };
  const seal = (await readSeal(sql)) ?? { tx: '0', id: FIRST_ID, seq: 0, hash: GENESIS };
  let previous = GENESIS;
  let seq = 0;
  let checked = 0;
  for (;;) {
    const page = await readLinks(sql, seq, seal.seq, PAGE);
    for (const link of page) {
      if (link.seq !== seq + 1) report('gap', seq + 1, null, `链上缺第 ${seq + 1} 至 ${link.seq - 1} 条`);
      const isContinuous = link.seq === seq + 1;
      seq = link.seq;
      checked += 1;
      if (link.id === null) {
        report('deleted', seq, link.event_id, `第 ${seq} 条审计记录 ${link.event_id} 已被删除`);
      } else if (isContinuous && !linkHash(previous, digested(link as LinkRow & { id: string })).equals(link.hash)) {
        report('changed', seq, link.event_id, `第 ${seq} 条审计记录 ${link.event_id} 与封存时不一致`);
      }
      // Going on from the stored hash names the damaged link instead of every link after it.
      previous = link.hash;
    }
    await options.onProgress?.({ checked, total: seal.seq, problems });
    options.signal?.throwIfAborted();
    if (page.length < PAGE) break;
  }
  if (seq !== seal.seq || !previous.equals(seal.hash)) {
    report('head', seq, null, `链尾应为第 ${seal.seq} 条，实为第 ${seq} 条或校验值不符`);
  }
  for (const id of await strayEvents(sql, seal, MOST_PROBLEMS)) {
    report('stray', null, id, `审计记录 ${id} 早于封存位置，却不在链上，系事后插入`);
  }
  if (options.anchor) {
    const hash = await linkHashAt(sql, options.anchor.seq);
    if (hash?.toString('hex') !== options.anchor.hash.toLowerCase()) {
      report('anchor', options.anchor.seq, null, `第 ${options.anchor.seq} 条的校验值与留存的不一致，整条链可能被替换`);
    }
  }
  return { ok: problems.length === 0, checked, head: { seq, hash: previous.toString('hex') }, problems };
}
