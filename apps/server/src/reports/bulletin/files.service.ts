import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { kindOf } from '@bihuan/domain/bulletin';
import { formatDay } from '@bihuan/domain/workday';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { type OfficialDocument, renderDocx, renderHtml, renderPdf } from '../../platform/documents/index.ts';
import { bulletinPeriod } from './begin.service.ts';
import { archivedFile, type BulletinRow, findBulletin, findByPeriod, keepFile } from './bulletin.repo.ts';
import { bulletinDocument } from './document.ts';
import { sourceOf, unsavedSource } from './source.service.ts';

export const FORMATS = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pdf: 'application/pdf',
  html: 'text/html; charset=utf-8',
} as const;
export type BulletinFormat = keyof typeof FORMATS;

const LARGEST = 100 * 1024 * 1024;

async function render({ config }: Deps, document: OfficialDocument, format: BulletinFormat): Promise<Uint8Array> {
  switch (format) {
    case 'docx':
      return renderDocx(document);
    case 'pdf':
      return renderPdf(document, config.fontDir ? { fontDirs: [config.fontDir] } : {});
    case 'html':
      return new TextEncoder().encode(renderHtml(document));
  }
}

/**
 * A bulletin as a file. Of a published one each format is made once and kept: what is handed out later is that file, also after the
 * machine's fonts or the program's words have changed.
 */
export async function bulletinFile(deps: Deps, row: BulletinRow, format: BulletinFormat): Promise<Uint8Array> {
  const keeps = row.status === 'published';
  const kept = keeps ? await readKept(deps, deps.db, row.id, format) : null;
  if (kept) return kept;
  const content = await render(deps, bulletinDocument(await sourceOf(deps.db, row)), format);
  if (!keeps) return content;
  const file = await deps.files.put({
    stream: Readable.from([content]),
    name: fileName(row, format),
    purpose: 'document',
    maxBytes: LARGEST,
    createdBy: null,
  });
  // Two at once may both have drawn it: the one kept first is handed out by both.
  const keptId = await keepFile(deps.db, row.id, format, file.id);
  return keptId === file.id ? content : readWhole(deps, keptId);
}

const readWhole = async (deps: Deps, fileId: string): Promise<Uint8Array> =>
  buffer((await deps.files.get(fileId)).content.stream());

async function readKept(deps: Deps, sql: Sql, id: string, format: BulletinFormat): Promise<Uint8Array | null> {
  const fileId = await archivedFile(sql, id, format);
  return fileId === null ? null : readWhole(deps, fileId);
}

/** 宝城执通〔2023〕6号 关于….docx; a draft says so. */
export function fileName(row: Pick<BulletinRow, 'number' | 'title'>, format: BulletinFormat): string {
  return `${row.number ?? '草稿'} ${row.title}`.replace(/[\\/:*?"<>|\n]/g, ' ').concat(`.${format}`);
}

/** Draws and keeps what a published bulletin is handed out as. Safe to repeat. */
export async function archiveBulletin(deps: Deps, id: string): Promise<void> {
  const row = await findBulletin(deps.db, id);
  if (row?.status !== 'published') return;
  for (const format of ['docx', 'pdf', 'html'] as const) await bulletinFile(deps, row, format);
}

/**
 * The bulletin of a week or month for the command line: the last one published; else the one in hand, or, when nobody has begun it,
 * one drawn from the figures of now without saving anything, both marked as drafts.
 * @throws Problem 400 when the text is no week or month that has begun
 */
export async function renderBulletin(
  deps: Deps,
  request: { period: string; format: BulletinFormat },
): Promise<{ content: Uint8Array; published: boolean; number: string | null; title: string }> {
  const period = bulletinPeriod(request.period, deps.clock.now());
  const [kind, start] = [kindOf(period), formatDay(period.first)];
  const row = (await findByPeriod(deps.db, kind, start, true)) ?? (await findByPeriod(deps.db, kind, start));
  if (row) {
    const content = await bulletinFile(deps, row, request.format);
    return { content, published: row.status === 'published', number: row.number, title: row.title };
  }
  const source = await unsavedSource(deps, period.text);
  const content = await render(deps, bulletinDocument(source), request.format);
  return { content, published: false, number: null, title: source.title };
}
