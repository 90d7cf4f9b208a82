import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { changeSource, createSource, makeSecret, SourceView } from '@bihuan/contract/intake';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import { newToken } from '../../platform/crypto/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { undeliveredCounts } from './callback.repo.ts';
import { callbackUrlProblem } from './guarded-request.ts';
import { secretContext } from './platform.service.ts';
import {
  findSource,
  insertSource,
  listSources,
  lockSourceRow,
  type Source,
  storeSecret,
  updateSource,
} from './sources.repo.ts';

function viewOf(source: Source, undelivered?: { waiting: number; givenUp: number }): SourceView {
  return {
    id: source.id,
    code: source.code,
    name: source.name,
    kind: source.kind,
    signatureAlgorithm: source.signature_algorithm,
    hasSecret: source.secret_enc !== null,
    secretMadeAt: source.secret_made_at?.toISOString() ?? null,
    callbackUrl: source.callback_url,
    closed: source.closed_at !== null,
    version: source.version,
    waiting: undelivered?.waiting ?? 0,
    givenUp: undelivered?.givenUp ?? 0,
  };
}

export async function listSourceViews(deps: Deps): Promise<{ items: SourceView[] }> {
  const [sources, counts] = await Promise.all([listSources(deps.db), undeliveredCounts(deps.db)]);
  return { items: sources.map((source) => viewOf(source, counts.get(source.id))) };
}

const show = async (deps: Deps, id: string): Promise<SourceView> =>
  viewOf((await findSource(deps.db, id))!, (await undeliveredCounts(deps.db)).get(id));

export async function addSource(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof createSource>,
): Promise<SourceView> {
  const now = deps.clock.now();
  const id = await deps.db
    .transaction(async (trx) => {
      const made = await insertSource(trx, { code: body.code, name: body.name.trim(), kind: body.kind });
      await recordAudit(trx, {
        at: now,
        actor,
        action: 'intake.create_source',
        objectType: 'intake_source',
        objectId: made,
        data: { code: body.code, kind: body.kind },
        commandId: body.commandId,
      });
      return made;
    })
    .catch(async (error: unknown) => {
      const { constraint } = error as { constraint?: string };
      if (constraint === 'intake_source_code_key')
        throw conflict('source_code_taken', '已有同一代码的来源', { field: '/code' });
      throw error;
    });
  return show(deps, id);
}

/** Locks the source at the version the person saw. */
async function lockAt(trx: Trx, id: string, version: number): Promise<Source> {
  const source = await lockSourceRow(trx, id);
  if (!source) throw notFound('来源');
  if (source.version !== version) throw staleVersion();
  return source;
}

export async function editSource(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof changeSource>,
): Promise<SourceView> {
  const callbackUrl = body.callbackUrl?.trim() || null;
  const problem = callbackUrl === null ? null : callbackUrlProblem(callbackUrl);
  if (problem) throw invalid(problem, [{ field: '/callbackUrl', message: problem }]);
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    const source = await lockAt(trx, id, body.version);
    await updateSource(trx, id, {
      name: body.name.trim(),
      callbackUrl,
      signatureAlgorithm: body.signatureAlgorithm,
      closedAt: body.closed ? (source.closed_at ?? new Date(now)) : null,
    });
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'intake.change_source',
      objectType: 'intake_source',
      objectId: id,
      data: {
        from: { name: source.name, callbackUrl: source.callback_url, closed: source.closed_at !== null },
        to: { name: body.name.trim(), callbackUrl, closed: body.closed },
        signatureAlgorithm: body.signatureAlgorithm,
      },
      commandId: body.commandId,
    });
  });
  return show(deps, id);
}

/** A new secret for the interface, told this once; the one before is worthless from now on. */
export async function newSecret(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof makeSecret>,
): Promise<ResponseOf<typeof makeSecret>> {
  const now = deps.clock.now();
  const secret = newToken();
  await deps.db.transaction(async (trx) => {
    await lockAt(trx, id, body.version);
    await storeSecret(trx, id, deps.keyring.encrypt(secret, secretContext(id)), now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'intake.make_secret',
      objectType: 'intake_source',
      objectId: id,
      commandId: body.commandId,
    });
  });
  return { secret, source: await show(deps, id) };
}
