import type { Audience, Deduction, Item } from '@bihuan/domain/appraisal';
import { type Period, periodInstants, RATE_IDS } from '@bihuan/domain/indicator';
import type { Sql } from '../../platform/db/index.ts';
import { readOrderIds, spanOf } from '../indicator/index.ts';

/** Records behind a figure, frozen with it. An order handled twice is in it twice. */
export interface Behind {
  readonly numerator: readonly string[];
  readonly denominator: readonly string[];
}
export interface SubjectFigures {
  readonly id: string;
  readonly unitId: string;
  readonly name: string;
  readonly items: Readonly<Partial<Record<Item, Behind>>>;
  readonly counts: Readonly<Record<Deduction, readonly string[]>>;
}

interface LedgerRow {
  readonly [column: string]: unknown;
  readonly subject: string;
  readonly closed: string[] | null;
  readonly on_time: string[] | null;
  readonly first_pass: string[] | null;
  readonly overdue: string[] | null;
  readonly recurrence: string[] | null;
}

/**
 * What each squadron or officer did in a period, with the records behind every number: the indicators as everywhere else, and
 * the rectification ledger. Costs by the period, not by the stock: orders, closings and issues are read by index.
 */
export async function measure(sql: Sql, audience: Audience, period: Period, now: number): Promise<SubjectFigures[]> {
  const { from, to } = periodInstants(period);
  const until = new Date(Math.min(to, now));
  const subject = audience === 'unit' ? 'r.owner_unit_id' : 'r.owner_person_id';
  const [subjects, orders, ledger] = await Promise.all([
    readSubjects(sql, audience),
    readOrderIds(sql, spanOf(period, now, {}), audience === 'unit' ? 'unit' : 'officer'),
    sql.query<LedgerRow>(
      `appraisal.ledger.${audience}`,
      `with r as (
         select r.*, 'closed' as part from rectification r where r.closed_at >= $1 and r.closed_at < $2
         union all
         select r.*, 'overdue' from rectification r where r.issued_at < $2 and r.due_at < $2 and r.status not in ('closed','cancelled')
         union all
         select r.*, 'overdue' from rectification r where r.issued_at < $2 and r.due_at < $2 and r.closed_at >= $2 and r.submitted_at >= $2
         union all
         select r.*, 'issued' from rectification r where r.issued_at >= $1 and r.issued_at < $2 and r.status <> 'cancelled')
       select ${subject} as subject,
              array_agg(r.id) filter (where part = 'closed') as closed,
              array_agg(r.id) filter (where part = 'closed' and r.submitted_at <= r.due_at) as on_time,
              array_agg(r.id) filter (where part = 'closed' and r.sent_back_count = 0) as first_pass,
              array_agg(r.id) filter (where part = 'overdue' and (r.submitted_at is null or r.submitted_at >= $2 or r.submitted_at > r.due_at)) as overdue,
              array_agg(r.id) filter (where part = 'issued' and r.recurrence_of is not null) as recurrence
         from r where ${subject} is not null group by 1`,
      [new Date(from), until],
    ),
  ]);
  const ledgerOf = new Map(ledger.map((row) => [row.subject, row]));
  return subjects.map(({ id, unitId, name }): SubjectFigures => {
    const figures = orders.get(id);
    const row = ledgerOf.get(id);
    const items: Partial<Record<Item, Behind>> = {};
    for (const rate of RATE_IDS) if (figures?.[rate]) items[rate] = figures[rate];
    items.rectification_on_time = { numerator: row?.on_time ?? [], denominator: row?.closed ?? [] };
    items.rectification_first_pass = { numerator: row?.first_pass ?? [], denominator: row?.closed ?? [] };
    return {
      id,
      unitId,
      name,
      items,
      counts: { rectification_overdue: row?.overdue ?? [], recurrence: row?.recurrence ?? [] },
    };
  });
}

type SubjectRow = { readonly id: string; readonly unitId: string; readonly name: string };

/** Squadrons that are open, or officers who serve in one now. */
function readSubjects(sql: Sql, audience: Audience): Promise<SubjectRow[]> {
  return audience === 'unit'
    ? sql.query<SubjectRow & object>(
        'appraisal.units',
        `select id, id as "unitId", name from unit where kind = 'squadron' and closed_at is null order by sort, code`,
      )
    : sql.query<SubjectRow & object>(
        'appraisal.people',
        `select distinct on (p.staff_no, p.id) p.id, o.unit_id as "unitId", p.name
           from posting o join person p on p.id = o.person_id join unit u on u.id = o.unit_id
          where o.role = 'officer' and o.ended_on is null and p.left_at is null and u.kind = 'squadron' order by p.staff_no, p.id, o.started_on desc`,
      );
}
