import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type DigestedEvent, linkHash, textDigest } from './chain.ts';
import { EXPORT_FORMAT, type ExportHeader } from './export.ts';
import type { AuditProblem, AuditVerification } from './verify.ts';

type Line = DigestedEvent & { seq: number; hash: string; note?: string | null; data?: string; deleted?: true };

/**
 * Checks an exported file by itself, without the system it came from.
 * @throws Error in Chinese when it is not such a file
 */
export async function verifyAuditFile(path: string): Promise<AuditVerification> {
  const problems: AuditProblem[] = [];
  let header: ExportHeader | undefined;
  let previous: Buffer = Buffer.alloc(32);
  let seq = 0;
  let checked = 0;
  for await (const text of createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (!header) {
      header = parse<ExportHeader>(text);
      if (header?.format !== EXPORT_FORMAT) throw new Error('这不是本系统导出的审计文件');
      previous = Buffer.from(header.previous_hash, 'hex');
      seq = header.first_seq - 1;
      continue;
    }
    if (text === '') continue;
    const line = parse<Line>(text);
    const expected = seq + 1;
    const report = (kind: AuditProblem['kind'], message: string) =>
      problems.push({ kind, seq: line?.seq ?? expected, eventId: line?.id ?? null, message });
    if (!line || typeof line.seq !== 'number' || typeof line.hash !== 'string') {
      report('changed', `第 ${expected} 条无法读取`);
      continue;
    }
    if (line.seq !== expected) report('gap', `缺第 ${expected} 条`);
    else if (line.deleted) report('deleted', `第 ${expected} 条审计记录 ${line.id} 在导出前已被删除`);
    else if (!matches(previous, line)) report('changed', `第 ${expected} 条审计记录 ${line.id} 与封存时不一致`);
    seq = line.seq;
    previous = Buffer.from(line.hash, 'hex');
    checked += 1;
  }
  if (!header) throw new Error('文件是空的');
  const last = header.first_seq + header.count - 1;
  if (seq !== last) {
    problems.push({ kind: 'head', seq, eventId: null, message: `应到第 ${last} 条为止，实到第 ${seq} 条` });
  }
  return { ok: problems.length === 0, checked, head: { seq, hash: previous.toString('hex') }, problems };
}

function matches(previous: Buffer, line: Line): boolean {
  if (line.note !== undefined && (line.note === null ? null : textDigest(line.id, line.note)) !== line.note_sm3)
    return false;
  if (line.data !== undefined && textDigest(line.id, line.data) !== line.data_sm3) return false;
  return linkHash(previous, line).toString('hex') === line.hash;
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
