import type { DrawPopulation } from '@bihuan/domain/sampling';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** What will be frozen: the plan's lists in a fixed order. */
export async function readPopulation(
  sql: Sql,
  planId: string,
): Promise<Omit<DrawPopulation, 'frozenAt' | 'inspectorsPerSubject'>> {
  const [row] = await sql.query<{
    number: string;
    title: string;
    wanted: number;
    source: string;
    public_at: Date;
    subjects: DrawPopulation['subjects'];
    inspectors: DrawPopulation['inspectors'];
    exclusions: DrawPopulation['exclusions'];
  }>(
    'inspection.population',
    `select pl.number, pl.title, pl.subjects_wanted as wanted, pl.public_source as source, pl.public_at,
            (select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'unit', s.unit_id) order by s.seq) from inspection_subject s where s.plan_id = pl.id) as subjects,
            (select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'unit', coalesce((select u.name from posting o join unit u on u.id = o.unit_id
                where o.person_id = p.id and o.ended_on is null order by o.started_on, o.id limit 1), '')) order by p.staff_no, p.id)
               from inspection_candidate c join person p on p.id = c.person_id where c.plan_id = pl.id) as inspectors,
            coalesce((select jsonb_agg(jsonb_build_object('inspector', x.person_id, 'unit', x.unit_id, 'reason', x.reason) order by x.person_id, x.unit_id)
               from inspection_exclusion x where x.plan_id = pl.id), '[]') as exclusions
       from inspection_plan pl where pl.id = $1`,
    [planId],
  );
  const { number, title, wanted, source, public_at, subjects, inspectors, exclusions } = row!;
  return {
    plan: { number, title },
    subjects,
    subjectsWanted: wanted,
    inspectors,
    exclusions,
    publicValue: { source, at: public_at.toISOString() },
  };
}

export async function insertDraw(
  trx: Trx,
  planId: string,
  draw: { population: string; populationDigest: string; commitment: string; nonce: Buffer; at: number },
): Promise<void> {
  await trx.query(
    'inspection.insert_draw',
    'insert into inspection_draw (plan_id, population, population_digest, commitment, nonce, committed_at) values ($1,$2,$3,$4,$5,$6)',
    [planId, draw.population, draw.populationDigest, draw.commitment, draw.nonce, new Date(draw.at)],
  );
}

export async function findCommitted(sql: Sql, planId: string): Promise<{ population: string; nonce: Buffer }> {
  const [row] = await sql.query<{ population: string; nonce: Buffer }>(
    'inspection.committed',
    'select population, nonce from inspection_draw where plan_id = $1',
    [planId],
  );
  return row!;
}

export async function saveDrawn(
  trx: Trx,
  planId: string,
  drawn: { publicValue: string; seed: string; file: string; digest: string; by: string; at: number },
): Promise<void> {
  await trx.query(
    'inspection.save_drawn',
    'update inspection_draw set public_value = $2, seed = $3, file = $4, digest = $5, drawn_by = $6, drawn_at = $7 where plan_id = $1',
    [planId, drawn.publicValue, drawn.seed, drawn.file, drawn.digest, drawn.by, new Date(drawn.at)],
  );
}
