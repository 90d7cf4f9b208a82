import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Sql } from '../db/index.ts';
import { linkHashAt, readLinks, seqRange } from './chain.repo.ts';
import { digested, GENESIS, type LedgerEvent } from './chain.ts';

const PAGE = 2_000;
export const EXPORT_FORMAT = 'bihuan-audit/1';

/** First line of an export. Hashes are hex. */
export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly from: string;
  readonly to: string;
  readonly first_seq: number;
  readonly count: number;
  readonly previous_hash: string;
}

/** Whatever is said of complaints, and of inspections that may still be sealed. */
const WITHHELD: ReadonlySet<string> = new Set([
  'complaint',
  'inspection_plan',
  'inspection_visit',
  'inspection_finding',
  'inspection_list',
]);

/** Such text stays inside: an auditor sees who did what and when, and the digest proves the rest. */
export const showsText = (event: Pick<LedgerEvent, 'object_type'>): boolean => !WITHHELD.has(event.object_type);

/**
 * Writes the sealed events of a period as JSON Lines: a header, then one link a line in chain order. The stretch is
 * contiguous, so it may hold neighbours of the period. Ends the stream's content, not the stream.
 * @returns the number of links written
 */
export async function exportAudit(sql: Sql, stream: Writable, period: { from: Date; to: Date }): Promise<number> {
  const range = (await seqRange(sql, period.from, period.to)) ?? { first: 1, last: 0 };
  const before = range.first === 1 ? GENESIS : await linkHashAt(sql, range.first - 1);
  await write(stream, {
    format: EXPORT_FORMAT,
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    first_seq: range.first,
    count: range.last - range.first + 1,
    previous_hash: (before ?? GENESIS).toString('hex'),
  } satisfies ExportHeader);
  let seq = range.first - 1;
  let count = 0;
  for (;;) {
    const page = await readLinks(sql, seq, range.last, PAGE);
    for (const { seq: at, event_id, hash, ...event } of page) {
      seq = at;
      count += 1;
      const line = { seq: at, hash: hash.toString('hex') };
      if (event.id === null) await write(stream, { ...line, id: event_id, deleted: true });
      else {
        const whole = event as LedgerEvent;
        const { note, data } = whole;
        await write(stream, { ...line, ...digested(whole), ...(showsText(whole) ? { note, data } : {}) });
      }
    }
    if (page.length < PAGE) return count;
  }
}

async function write(stream: Writable, line: object): Promise<void> {
  if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain');
}
