import type pg from 'pg';

/** Tables that grow, children after parents. */
const TABLES = ['complaint', 'complainant', 'handling_round', 'audit_event'] as const;
const DAY_MS = 86_400_000;
/** Copies fall into so many earlier years. The main year, and the one it is compared with, keep their volume at every size. */
const YEARS = 9;

/** Copy `k` lies a whole number of weeks back (weekdays stay), some seconds apart from the others of its year. */
const shiftOf = (k: number): number => (735 + (k % YEARS) * 364) * DAY_MS + Math.floor(k / YEARS) * 7_000;

const shifted = (column: string): string => `${column} - $1::bigint * interval '1 millisecond'`;
/** A version 7 id carries its time in front: the copy's id is the original's with the time moved. */
const shiftedId = (column: string): string =>
  `(lpad(to_hex((('x' || left(replace(${column}::text, '-', ''), 12))::bit(48)::bigint - $1::bigint)), 12, '0') || substr(replace(${column}::text, '-', ''), 13))::uuid`;

/**
 * Fills up to `total` orders with copies of the closed ones of the main year, for benches: same texts, same spread over
 * units and categories, no personal fields, and of their history only the registration. Indexes are dropped for the
 * time and made again; each step is a transaction of its own, and a run cut short goes on where it stopped.
 * Needs a database superuser (the embedded one is), because foreign keys are not checked row by row.
 */
export async function multiply(client: pg.ClientBase, total: number, progress: (done: number) => void): Promise<void> {
  await client.query('set role none');
  await client.query(
    "set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set synchronous_commit = off",
  );
  await dropIndexes(client);
  await client.query(`
    create temp table base_complaint as
      select c.*, row_number() over (order by c.id) as n from complaint c
       where c.received_at >= '2022-07-01 00:00+08' and c.received_at < '2023-07-01 00:00+08' and c.status in ('closed', 'declined');
    create temp table base_round as select r.*, b.n from handling_round r join base_complaint b on b.id = r.complaint_id;
    analyze base_complaint; analyze base_round`);
  const { rows } = await client.query<{ have: number; size: number }>(
    'select (select count(*)::int from complaint) as have, (select count(*)::int from base_complaint) as size',
  );
  const { size } = rows[0]!;
  let have = rows[0]!.have;
  const { rows: main } = await client.query<{ count: number }>(
    "select count(*)::int as count from complaint where received_at >= '2022-07-01 00:00+08'",
  );
  const simulated = main[0]!.count;
  for (let k = Math.round((have - simulated) / size); have < total; k++) {
    const take = Math.min(size, total - have);
    const values = [shiftOf(k), take];
    await client.query('begin');
    await client.query(
      `insert into complaint (id, number, source_id, external_no, kind, urgency, category_code, title, content, address, town_id, place_id, lng, lat, point_by, callback_wanted, extras, status,
              unit_id, officer_id, round, reopen_count, received_at, registered_at, dispatched_at, closed_at, outcome, excluded_at, first_contact_due_at, due_at, paused_at, next_check_at, version)
       select ${shiftedId('id')}, to_char(${shifted('registered_at')}, 'YYYYMMDD') || lpad(($3::bigint + n)::text, 9, '0'), source_id, null, kind, urgency, category_code, title, content, address, town_id,
              place_id, lng, lat, point_by, callback_wanted, extras, status, unit_id, officer_id, round, reopen_count, ${shifted('received_at')}, ${shifted('registered_at')}, ${shifted('dispatched_at')},
              ${shifted('closed_at')}, outcome, ${shifted('excluded_at')}, ${shifted('first_contact_due_at')}, ${shifted('due_at')}, null, null, version
         from base_complaint where n <= $2 order by n`,
      [...values, k * size],
    );
    await client.query(
      `insert into complainant (complaint_id, anonymous) select ${shiftedId('id')}, true from base_complaint where n <= $2 order by n`,
      values,
    );
    await client.query(
      `insert into handling_round (complaint_id, round, kind, urgency, category_code, unit_id, town_id, officer_id, started_at, first_contact_due_at, due_at, signed_at, first_contact_at,
              contact_attempts, submitted_at, submitted_by, concluded_at, result, measures, legal_basis, followed_up_at, follow_up_channel, reached, solved, satisfaction, follow_up_note, reopened,
              declined_at, excluded_at)
       select ${shiftedId('complaint_id')}, round, kind, urgency, category_code, unit_id, town_id, officer_id, ${shifted('started_at')}, ${shifted('first_contact_due_at')}, ${shifted('due_at')},
              ${shifted('signed_at')}, ${shifted('first_contact_at')}, contact_attempts, ${shifted('submitted_at')}, submitted_by, ${shifted('concluded_at')}, result, measures, legal_basis,
              ${shifted('followed_up_at')}, follow_up_channel, reached, solved, satisfaction, follow_up_note, reopened, ${shifted('declined_at')}, ${shifted('excluded_at')}
         from base_round where n <= $2 order by n, round`,
      values,
    );
    await client.query(
      `insert into audit_event (id, at, action, object_type, object_id, to_status)
       select ${shiftedId('id')}, ${shifted('registered_at')}, 'complaint.register', 'complaint', ${shiftedId('id')}, 'received' from base_complaint where n <= $2 order by n`,
      values,
    );
    await client.query('commit');
    have += take;
    progress(have);
  }
  await restoreIndexes(client);
  // Triggers were off.
  await client.query(
    'insert into search_pending (complaint_id) select id from complaint except select complaint_id from complaint_search except select complaint_id from search_pending',
  );
  await client.query('set session_replication_role = origin; drop table base_complaint, base_round');
}

/** Remembers the definitions before dropping, so that a run cut short can still restore them. */
async function dropIndexes(client: pg.ClientBase): Promise<void> {
  await client.query('begin');
  const { rows } = await client.query<{ name: string; sql: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as sql from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
      where t.relname = any($1::text[]) and t.relnamespace = current_schema()::regnamespace
        and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`,
    [TABLES],
  );
  if (rows.length > 0) {
    await client.query(
      `insert into setting (key, effective_from, value) values ('demo.indexes', '2020-01-01', $1)
       on conflict (key, effective_from) do update set value = setting.value || excluded.value`,
      [JSON.stringify(rows.map(({ sql }) => sql))],
    );
    for (const { name } of rows) await client.query(`drop index ${name}`);
  }
  await client.query('commit');
}

async function restoreIndexes(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ value: string[] }>("select value from setting where key = 'demo.indexes'");
  for (const sql of new Set(rows[0]?.value ?? []))
    await client.query(sql.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX IF NOT EXISTS '));
  await client.query("delete from setting where key = 'demo.indexes'");
}
