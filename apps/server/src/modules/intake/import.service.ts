import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyOf } from '@bihuan/contract';
import {
  IMPORT_LIMIT,
  type ImportPreview,
  type ImportView,
  type ReadingPlan,
  type startImport,
} from '@bihuan/contract/intake';
import type { ColumnMapping } from '@bihuan/domain/intake';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem } from '../../platform/errors.ts';
import {
  countJobs,
  findJob,
  finishJob,
  type ImportJob,
  insertJob,
  listJobs,
  lockJob,
  queueJob,
  requestCancel,
} from './jobs.repo.ts';
import { mapColumns, previewOf, readBeginning, signatureOf, toMapping, toRemembered } from './read-sheet.ts';
import { rejectFileName, writeRejectSheet } from './reject-sheet.service.ts';
import { runImport } from './run-import.service.ts';
import { findSource, findSourceByCode, rememberMapping, type Source } from './sources.repo.ts';

export const IMPORT_TASK = 'intake.import';
const LIST_CAP = 1000;

export function viewOf(job: ImportJob): ImportView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: job.id,
    fileName: job.file_name,
    source: { id: job.source_id, name: job.source_name },
    status: job.status,
    progress: job.progress,
    read: job.rows_read,
    created: job.created_count,
    updated: job.updated_count,
    unchanged: job.unchanged_count,
    rejected: job.rejected_count,
    conflicts: job.conflict_count,
    compared: job.compared_count,
    compareTotal: job.compare_total,
    hasRejects: job.reject_file_id !== null,
    error: job.error,
    cancelling: job.cancel_requested_at !== null && (job.status === 'queued' || job.status === 'running'),
    createdBy:
      job.created_by === null || job.created_by_name === null
        ? null
        : { id: job.created_by, name: job.created_by_name },
    createdAt: job.created_at.toISOString(),
    startedAt: iso(job.started_at),
    finishedAt: iso(job.finished_at),
  };
}

async function openSource(deps: Deps, id: string): Promise<Source> {
  const source = await findSource(deps.db, id);
  if (!source || source.closed_at !== null)
    throw invalid('来源不存在或已停用', [{ field: '/sourceId', message: '请重新选择来源' }]);
  return source;
}

/** Streams the upload to disk and opens it once, so that what is no spreadsheet is refused at once. */
export async function receiveUpload(deps: Deps, actor: RequestActor, request: FastifyRequest): Promise<{ id: string }> {
  if (!request.isMultipart()) throw invalid('请以表单方式上传文件');
  const part = await request.file({ limits: { fileSize: IMPORT_LIMIT + 1 } });
  if (!part) throw invalid('请选择要导入的文件', [{ field: '/file', message: '必填' }]);
  const field = part.fields.sourceId;
  const sourceId = field && !Array.isArray(field) && field.type === 'field' ? String(field.value) : '';
  if (!/^[0-9a-f-]{36}$/i.test(sourceId)) {
    part.file.resume();
    throw invalid('请先选择来源', [{ field: '/sourceId', message: '必填' }]);
  }
  const source = await openSource(deps, sourceId);
  const stored = await deps.files.put({
    stream: part.file,
    name: part.filename,
    purpose: 'import',
    maxBytes: IMPORT_LIMIT,
    createdBy: actor.personId,
  });
  const { content } = await deps.files.get(stored.id);
  await readBeginning(content, stored.name);
  const now = deps.clock.now();
  const id = await insertJob(deps.db, {
    sourceId: source.id,
    fileId: stored.id,
    fileName: stored.name,
    createdBy: actor.personId,
    now,
  });
  await recordAudit(deps.db, {
    at: now,
    actor,
    action: 'intake.upload',
    objectType: 'import_job',
    objectId: id,
    data: { sourceId: source.id, size: stored.size, sha256: stored.sha256 },
  });
  return { id };
}

/** A draft belongs to whoever uploaded it: its preview shows personal data. */
async function ownDraft(deps: Deps, actor: RequestActor, id: string): Promise<ImportJob> {
  const job = await findJob(deps.db, id);
  if (!job || (job.status === 'draft' && job.created_by !== actor.personId)) throw notFound('导入');
  if (job.status !== 'draft') throw conflict('import_started', '这次导入已经开始');
  return job;
}

const readingOf = (plan: ReadingPlan) => ({
  ...(plan.defaultReceivedAt === undefined ? {} : { defaultReceivedAt: Date.parse(plan.defaultReceivedAt) }),
  ...(plan.dateOrder === undefined ? {} : { dateOrder: plan.dateOrder }),
});

export async function preview(deps: Deps, actor: RequestActor, id: string, plan: ReadingPlan): Promise<ImportPreview> {
  const job = await ownDraft(deps, actor, id);
  const source = await openSource(deps, plan.sourceId);
  const { content } = await deps.files.get(job.file_id);
  const beginning = await readBeginning(content, job.file_name, plan.sheet);
  const mapped = mapColumns(beginning, source, plan.columns);
  return previewOf(job.file_name, beginning, mapped, { ...readingOf(plan), now: deps.clock.now() });
}

/** Fixes how the sheet is read, remembers it for the source, and queues the work. */
export async function start(
  deps: Deps,
  actor: RequestActor,
  id: string,
  plan: BodyOf<typeof startImport>,
): Promise<ImportView> {
  const repeated = await startedByCommand(deps, id, plan.commandId);
  if (repeated) return viewOf(repeated);
  const job = await ownDraft(deps, actor, id);
  const source = await openSource(deps, plan.sourceId);
  const { content } = await deps.files.get(job.file_id);
  const beginning = await readBeginning(content, job.file_name, plan.sheet);
  const { columns, missing } = mapColumns(beginning, source, plan.columns);
  const lacking = missing.filter((label) => !(label === '受理时间' && plan.defaultReceivedAt !== undefined));
  if (lacking.length > 0)
    throw new Problem(422, 'mapping_incomplete', `还缺少：${lacking.join('、')}。请为它们各选一列`, {
      errors: [{ field: '/columns', message: `缺少${lacking.join('、')}` }],
    });
  const mapping = toMapping(columns);
  const now = deps.clock.now();
  const reading = readingOf(plan);
  await deps.db.transaction(async (trx) => {
    const locked = await lockJob(trx, id);
    if (locked?.status !== 'draft') throw conflict('import_started', '这次导入已经开始');
    await queueJob(trx, id, {
      sourceId: source.id,
      sheet: beginning.opened.kind === 'csv' ? null : beginning.sheet,
      mapping,
      options: {
        header: beginning.header,
        closeAnswered: plan.closeAnswered,
        defaultReceivedAt: reading.defaultReceivedAt ?? null,
        dateOrder: reading.dateOrder ?? null,
      },
      now,
    });
    await rememberMapping(trx, source.id, signatureOf(beginning.header), toRemembered(mapping));
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'intake.start',
      objectType: 'import_job',
      objectId: id,
      data: { sourceId: source.id, closeAnswered: plan.closeAnswered },
      commandId: plan.commandId,
    });
    await addRun(deps, trx, id);
  });
  return viewOf((await findJob(deps.db, id))!);
}

/** One run of a job at a time waits; it survives many kills, and the sweep adds it again should it not. */
export const addRun = (deps: Deps, sql: Parameters<Deps['jobs']['add']>[0], id: string): Promise<void> =>
  deps.jobs.add(sql, IMPORT_TASK, { importId: id }, { key: `${IMPORT_TASK}:${id}`, maxAttempts: 100 });

async function startedByCommand(deps: Deps, id: string, commandId: string): Promise<ImportJob | null> {
  const [row] = await deps.db.query<{ object_id: string }>(
    'import.by_command',
    "select object_id from audit_event where command_id = $1 and action = 'intake.start'",
    [commandId],
  );
  return row?.object_id === id ? findJob(deps.db, id) : null;
}

async function startedJob(deps: Deps, id: string): Promise<ImportJob> {
  const job = await findJob(deps.db, id);
  if (!job || job.status === 'draft') throw notFound('导入');
  return job;
}

export const show = async (deps: Deps, id: string): Promise<ImportView> => viewOf(await startedJob(deps, id));

export async function listPage(deps: Deps, after: string | undefined, limit: number) {
  const [jobs, total] = await Promise.all([
    listJobs(deps.db, after ?? null, limit + 1),
    countJobs(deps.db, LIST_CAP + 1),
  ]);
  return {
    items: jobs.slice(0, limit).map(viewOf),
    next: jobs.length > limit ? jobs[limit - 1]!.id : null,
    total: Math.min(total, LIST_CAP),
    totalIsCapped: total > LIST_CAP,
  };
}

/** What was taken in stays; the rest of the file is left. */
export async function cancel(deps: Deps, actor: RequestActor, id: string): Promise<ImportView> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    const job = await lockJob(trx, id);
    if (!job || job.status === 'draft') throw notFound('导入');
    if (job.status !== 'queued' && job.status !== 'running') return;
    if (job.cancel_requested_at !== null) return;
    await requestCancel(trx, id, actor.personId, now);
    // Nobody has begun: there is no chunk at which to notice.
    if (job.status === 'queued')
      await finishJob(trx, id, { status: 'cancelled', rejectFileId: null, error: null, now });
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'intake.cancel',
      objectType: 'import_job',
      objectId: id,
      data: { read: job.rows_read },
    });
  });
  return show(deps, id);
}

export async function sendRejects(deps: Deps, actor: RequestActor, id: string, reply: FastifyReply): Promise<void> {
  const job = await startedJob(deps, id);
  if (job.reject_file_id === null) throw notFound('退回的行');
  const file = await deps.files.get(job.reject_file_id);
  await file.verify();
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'intake.download_rejects',
    objectType: 'import_job',
    objectId: id,
  });
  await reply
    .type(file.mime)
    .header('content-length', file.size)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .header('cache-control', 'private, no-store')
    .send(file.content.stream());
}

export interface ImportFileInput {
  readonly path: string;
  readonly fileName: string;
  readonly sourceCode: string;
  readonly sheet?: string;
  /** Absent: as remembered for the source, or proposed. */
  readonly mapping?: readonly ColumnMapping[];
  readonly closeAnswered?: boolean;
  /** Epoch ms, for rows without a receiving time. */
  readonly defaultReceivedAt?: number;
  /** A person's id; `null` = the system itself. */
  readonly createdBy: string | null;
  /** Where to write the returned rows; by default into `<data>/rejects`. */
  readonly rejectsTo?: string;
  readonly onProgress?: (progress: { read: number; fraction: number }) => void;
  /** Stops at the next chunk; a running server takes the rest up, or the next import of the same file. */
  readonly signal?: AbortSignal;
}

export interface ImportFileResult {
  readonly jobId: string;
  readonly status: ImportJob['status'];
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly conflicts: number;
  /** Path of a spreadsheet with the returned rows; a heading alone when there are none. */
  readonly rejects: string;
}

/**
 * Imports a file in this process, with or without a server on the same data.
 * @throws SheetError when the file is no spreadsheet; Problem `invalid` for an unknown source
 */
export async function importFile(deps: Deps, input: ImportFileInput): Promise<ImportFileResult> {
  const source = await findSourceByCode(deps.db, input.sourceCode);
  if (!source || source.closed_at !== null) throw invalid(`没有代码为“${input.sourceCode}”的来源，或已停用`);
  const beginning = await readBeginning(input.path, input.fileName, input.sheet);
  const mapping = input.mapping ?? toMapping(mapColumns(beginning, source).columns);
  const stored = await deps.files.put({
    stream: createReadStream(input.path),
    name: input.fileName,
    purpose: 'import',
    maxBytes: IMPORT_LIMIT,
    createdBy: input.createdBy,
  });
  const now = deps.clock.now();
  const jobId = await deps.db.transaction(async (trx) => {
    const id = await insertJob(trx, {
      sourceId: source.id,
      fileId: stored.id,
      fileName: stored.name,
      createdBy: input.createdBy,
      now,
    });
    await queueJob(trx, id, {
      sourceId: source.id,
      sheet: beginning.opened.kind === 'csv' ? null : beginning.sheet,
      mapping,
      options: {
        header: beginning.header,
        closeAnswered: input.closeAnswered ?? false,
        defaultReceivedAt: input.defaultReceivedAt ?? null,
        dateOrder: null,
      },
      now,
    });
    await recordAudit(trx, {
      at: now,
      actor: null,
      action: 'intake.start',
      objectType: 'import_job',
      objectId: id,
      data: { sourceId: source.id, commandLine: true },
    });
    return id;
  });
  return finishFile(deps, jobId, input);
}

async function finishFile(deps: Deps, jobId: string, input: ImportFileInput): Promise<ImportFileResult> {
  const options = {
    ...(input.signal ? { signal: input.signal } : {}),
    onProgress: (job: ImportJob) => input.onProgress?.({ read: job.rows_read, fraction: job.progress }),
  };
  await runImport(deps, jobId, options);
  let job = (await findJob(deps.db, jobId))!;
  // A server on the same data may have taken the job over: wait for it.
  while (job.status === 'running' && !input.signal?.aborted) {
    await sleep(500);
    await runImport(deps, jobId, options);
    job = (await findJob(deps.db, jobId))!;
  }
  if (job.status === 'failed') throw new Problem(422, 'import_failed', job.error ?? '导入未完成');
  let rejects = input.rejectsTo;
  if (rejects === undefined) {
    const folder = join(deps.config.dataDir, 'rejects');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    rejects = join(folder, `${jobId.slice(-12)}-${rejectFileName(job.file_name)}`);
  }
  await writeRejectSheet(deps, job, rejects);
  return {
    jobId,
    status: job.status,
    read: job.rows_read,
    created: job.created_count,
    updated: job.updated_count,
    unchanged: job.unchanged_count,
    rejected: job.rejected_count,
    conflicts: job.conflict_count,
    rejects,
  };
}
