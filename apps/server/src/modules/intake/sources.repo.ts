import type { SourceKind } from '@bihuan/domain/complaint';
import type { FieldKey } from '@bihuan/domain/intake';
import type { Sql, Trx } from '../../platform/db/index.ts';

export type SignatureAlgorithm = 'sha256' | 'sm3';

/** What a person decided about a source's columns: field by column name, for one set of columns. */
export type RememberedMapping = Readonly<Record<string, FieldKey | null>>;

export interface Source {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: SourceKind;
  /** By signature of the columns. */
  readonly mapping: Readonly<Record<string, RememberedMapping>> | null;
  readonly secret_enc: Buffer | null;
  readonly secret_made_at: Date | null;
  readonly signature_algorithm: SignatureAlgorithm;
  readonly callback_url: string | null;
  readonly closed_at: Date | null;
  readonly version: number;
}
type Row = Source & Record<string, unknown>;

const SELECT = `select id, code, name, kind, mapping, secret_enc, secret_made_at, signature_algorithm, callback_url, closed_at, version from intake_source`;

export async function findSource(sql: Sql, id: string): Promise<Source | null> {
  const [row] = await sql.query<Row>('source.get', `${SELECT} where id = $1`, [id]);
  return row ?? null;
}

export async function findSourceByCode(sql: Sql, code: string): Promise<Source | null> {
  const [row] = await sql.query<Row>('source.by_code', `${SELECT} where code = $1`, [code]);
  return row ?? null;
}

export async function lockSourceRow(trx: Trx, id: string): Promise<Source | null> {
  const [row] = await trx.query<Row>('source.lock', `${SELECT} where id = $1 for update`, [id]);
  return row ?? null;
}

export async function listSources(sql: Sql): Promise<Source[]> {
  return sql.query<Row>('source.list', `${SELECT} order by closed_at is not null, kind, code`);
}

export async function insertSource(
  trx: Trx,
  source: { code: string; name: string; kind: SourceKind },
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'source.insert',
    'insert into intake_source (code, name, kind) values ($1,$2,$3) returning id',
    [source.code, source.name, source.kind],
  );
  return row!.id;
}

export async function updateSource(
  trx: Trx,
  id: string,
  change: {
    name: string;
    callbackUrl: string | null;
    signatureAlgorithm: SignatureAlgorithm;
    closedAt: Date | null;
  },
): Promise<void> {
  await trx.query(
    'source.update',
    'update intake_source set name = $2, callback_url = $3, signature_algorithm = $4, closed_at = $5, version = version + 1 where id = $1',
    [id, change.name, change.callbackUrl, change.signatureAlgorithm, change.closedAt],
  );
}

export async function storeSecret(trx: Trx, id: string, sealed: Buffer, now: number): Promise<void> {
  await trx.query(
    'source.secret',
    'update intake_source set secret_enc = $2, secret_made_at = $3, version = version + 1 where id = $1',
    [id, sealed, new Date(now)],
  );
}

export async function rememberMapping(
  trx: Trx,
  id: string,
  signature: string,
  mapping: RememberedMapping,
): Promise<void> {
  await trx.query(
    'source.remember',
    "update intake_source set mapping = coalesce(mapping, '{}') || jsonb_build_object($2::text, $3::jsonb) where id = $1",
    [id, signature, JSON.stringify(mapping)],
  );
}
