import { ALERT_ACTIONS, type AlertAction } from '@bihuan/domain/matter';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import { notify } from '../../platform/notify/index.ts';

interface Fired {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly matter_id: string;
  readonly action: AlertAction;
  readonly count: number;
  readonly days: number | null;
  readonly title: string;
  readonly unit_id: string | null;
}

const RETURNING = `returning id, matter_id, rule_id, action, count, days`;

/** Matters of which enough orders came within a rule's days before now: warned of once for each rule. */
export async function fireOrderRules(trx: Trx, matterIds: readonly string[], now: number): Promise<number> {
  if (matterIds.length === 0) return 0;
  const fired = await trx.query<Fired>(
    'matter.fire_orders',
    `with f as (insert into matter_alert (matter_id, rule_id, action, count, days, complaint_ids, fired_at)
       select m.id, r.id, r.action, n.count, r.days, n.ids, $2::timestamptz
         from unnest($1::uuid[]) as w (id) join matter m on m.id = w.id
         join matter_rule r on r.trigger = 'orders' and r.closed_at is null and m.order_count >= r.count
         join lateral (select count(*)::int as count, array_agg(o.complaint_id order by o.received_at) as ids from matter_order o
                        where o.matter_id = m.id and o.received_at > $2::timestamptz - make_interval(days => r.days) and o.received_at <= $2) n on n.count >= r.count
        where not exists (select 1 from matter_alert a where a.matter_id = m.id and a.rule_id = r.id)
       on conflict do nothing ${RETURNING})
     select f.*, m.title, m.unit_id from f join matter m on m.id = f.matter_id`,
    [matterIds, new Date(now)],
  );
  await announce(trx, fired, now);
  return fired.length;
}

/** Matters whose orders were reopened often enough. */
export async function fireReopenedRules(trx: Trx, matterIds: readonly string[], now: number): Promise<number> {
  if (matterIds.length === 0) return 0;
  const fired = await trx.query<Fired>(
    'matter.fire_reopened',
    `with f as (insert into matter_alert (matter_id, rule_id, action, count, complaint_ids, fired_at)
       select m.id, r.id, r.action, n.count, n.ids, $2::timestamptz
         from unnest($1::uuid[]) as w (id) join matter m on m.id = w.id
         join matter_rule r on r.trigger = 'reopened' and r.closed_at is null
         join lateral (select sum(c.reopen_count)::int as count, array_agg(c.id order by c.received_at) as ids
                         from matter_order o join complaint c on c.id = o.complaint_id
                        where o.matter_id = m.id and c.reopen_count > 0) n on n.count >= r.count
        where not exists (select 1 from matter_alert a where a.matter_id = m.id and a.rule_id = r.id)
       on conflict do nothing ${RETURNING})
     select f.*, m.title, m.unit_id from f join matter m on m.id = f.matter_id`,
    [matterIds, new Date(now)],
  );
  await announce(trx, fired, now);
  return fired.length;
}

/** Who is told, by what is asked for: measure 13 names coordination, the squadron leader, the bureau's leaders, supervision. */
const AUDIENCE: Readonly<Record<AlertAction, readonly string[]>> = {
  coordinate: ['coordination_clerk', 'coordination_chief'],
  leader_on_site: ['squadron_leader'],
  report_up: ['bureau_leader', 'coordination_chief'],
  propose_supervision: ['supervisor', 'supervision_chief', 'coordination_chief'],
};

async function announce(trx: Trx, fired: readonly Fired[], now: number): Promise<void> {
  for (const alert of fired) {
    const { action, count, days } = alert;
    await recordAudit(trx, {
      at: now,
      actor: null,
      action: 'matter.alert',
      objectType: 'matter',
      objectId: alert.matter_id,
      data: { action, count, days },
    });
    const common = {
      at: now,
      kind: 'matter.alert',
      level: action === 'coordinate' ? ('warn' as const) : ('danger' as const),
      title:
        days === null
          ? `同一事项重办 ${count} 次，${ALERT_ACTIONS[action]}`
          : `同一事项 ${days} 天内 ${count} 件，${ALERT_ACTIONS[action]}`,
      body: alert.title,
      objectType: 'matter',
      objectId: alert.matter_id,
    };
    const roles = AUDIENCE[action];
    const units =
      action === 'leader_on_site' && alert.unit_id !== null
        ? [alert.unit_id]
        : (
            await trx.query<{ unit_id: string }>(
              'posting.duty_units',
              'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
              [action === 'leader_on_site' ? AUDIENCE.coordinate : roles],
            )
          ).map(({ unit_id }) => unit_id);
    for (const unitId of units)
      await notify(trx, {
        ...common,
        unitId,
        roles: action === 'leader_on_site' && alert.unit_id === null ? AUDIENCE.coordinate : roles,
      });
  }
}
