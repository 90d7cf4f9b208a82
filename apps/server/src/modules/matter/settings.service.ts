import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { listBacklog, readSettings, saveRule } from '@bihuan/contract/matter';
import { permits } from '@bihuan/domain/access';
import type { BacklogStatus } from '@bihuan/domain/matter';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { runsNewestFirst } from './rerun.repo.ts';

type Settings = ResponseOf<typeof readSettings>;

export async function settingsView(deps: Deps, actor: RequestActor): Promise<Settings> {
  const { db } = deps;
  const [rules, models, runs, [counts]] = await Promise.all([
    db.query<Settings['rules'][number] & Record<string, unknown>>(
      'matter.rules',
      `select r.id, r.trigger, r.count, r.days, r.action, r.version, count(a.id)::int as fired,
              count(*) filter (where a.status = 'done')::int as done, count(*) filter (where a.status = 'declined')::int as declined
         from matter_rule r left join matter_alert a on a.rule_id = r.id where r.closed_at is null group by r.id order by r.trigger, r.count`,
    ),
    db.query<{
      id: number;
      made_at: Date;
      orders: number;
      joined: number;
      suggested: number;
      verdicts: number;
      note: string | null;
    }>(
      'matter.models',
      'select id, made_at, orders, joined, suggested, verdicts, note from matter_model order by id desc limit 10',
    ),
    runsNewestFirst(db, 10),
    db.query<Settings['counts'] & Record<string, unknown>>(
      'matter.counts',
      `select (select coalesce(max(turn), 0) from matter_order) as orders, (select count(*)::int from matter_order where turn is null) as pending,
              (select count(*)::int from matter) as matters, (select count(*)::int from matter_suggestion where answer is null) as suggestions,
              (select count(*)::int from matter_suggestion where answer = 'same') as same, (select count(*)::int from matter_suggestion where answer = 'different') as different`,
    ),
  ]);
  return {
    rules,
    models: models.map((model) => ({
      id: model.id,
      madeAt: model.made_at.toISOString(),
      orders: model.orders,
      joined: Math.round(model.joined * 1000) / 1000,
      suggested: Math.round(model.suggested * 1000) / 1000,
      verdicts: model.verdicts,
      note: model.note,
    })),
    runs,
    counts: counts!,
    mayConfigure: permits(actor, 'indicator.configure'),
  };
}

export async function keepRule(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof saveRule>,
): Promise<{ id: string }> {
  const { rule } = body;
  if (rule !== 'close' && (rule.trigger === 'orders') !== (rule.days !== null))
    throw invalid('按件数的门槛要填天数，按重办的不填', [{ field: '/rule/days', message: '请核对天数' }]);
  if (rule === 'close' && body.id === undefined) throw notFound('门槛');
  return deps.db.transaction(async (trx) => {
    const at = deps.clock.now();
    const [before] = await trx.query<{ object_id: string }>(
      'matter.done',
      'select object_id from audit_event where command_id = $1',
      [body.commandId],
    );
    if (before) return { id: before.object_id };
    let id = body.id ?? null;
    if (id !== null) {
      const [row] = await trx.query<{ version: number }>(
        'matter.lock_rule',
        'select version from matter_rule where id = $1 and closed_at is null for update',
        [id],
      );
      if (!row) throw notFound('门槛');
      if (row.version !== body.ifVersion) throw staleVersion();
      // What fired stays with the rule by which it fired: a changed rule is a new one.
      await trx.query(
        'matter.close_rule',
        'update matter_rule set closed_at = $2, version = version + 1 where id = $1',
        [id, new Date(at)],
      );
    }
    if (rule !== 'close') {
      const [row] = await trx.query<{ id: string }>(
        'matter.add_rule',
        'insert into matter_rule (trigger, count, days, action) values ($1,$2,$3,$4) returning id',
        [rule.trigger, rule.count, rule.days, rule.action],
      );
      id = row!.id;
    }
    await recordAudit(trx, {
      at,
      actor,
      action: 'matter.rule',
      objectType: 'matter_rule',
      objectId: id,
      data: rule === 'close' ? { closed: true } : { ...rule },
      commandId: body.commandId,
    });
    return { id: id! };
  });
}

const WEEKS = 26;

export async function backlogView(deps: Deps, actor: RequestActor): Promise<ResponseOf<typeof listBacklog>> {
  const { db } = deps;
  const now = deps.clock.now();
  const today = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10);
  const scope = complaintScope(actor, 'c', 1);
  const seen = `exists (select 1 from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = b.matter_id and ${scope.sql})`;
  const [rows, leaders] = await Promise.all([
    db.query<{
      id: string;
      title: string;
      unit_id: string | null;
      unit_name: string | null;
      town_id: string | null;
      town_name: string | null;
      order_count: number;
      leader_id: string;
      leader: string;
      status: BacklogStatus;
      listed_at: Date;
      due_on: string;
      closed_at: Date | null;
      steps_done: number;
      steps_total: number;
      next_content: string | null;
      next_on: string | null;
    }>(
      `matter.backlog_list.${scope.scope}`,
      `select m.id, m.title, m.unit_id, u.name as unit_name, m.town_id, t.name as town_name, m.order_count, b.leader_id, p.name as leader, b.status, b.listed_at,
              b.due_on, b.closed_at, (select count(*)::int from matter_step s where s.matter_id = m.id and s.done_on is not null) as steps_done,
              (select count(*)::int from matter_step s where s.matter_id = m.id) as steps_total, n.content as next_content, n.planned_on as next_on
         from matter_backlog b join matter m on m.id = b.matter_id join person p on p.id = b.leader_id
         left join unit u on u.id = m.unit_id left join unit t on t.id = m.town_id
         left join lateral (select content, planned_on from matter_step s where s.matter_id = m.id and s.done_on is null order by planned_on limit 1) n on true
        where ${seen} order by (b.status = 'closed'), b.due_on, m.id limit 500`,
      scope.values,
    ),
    db.query<{ id: string; name: string } & Record<string, unknown>>(
      'matter.leaders',
      `select distinct p.id, p.name from posting o join person p on p.id = o.person_id
        where o.ended_on is null and p.left_at is null and o.role in ('bureau_leader','squadron_leader','coordination_chief','supervisor','supervision_chief') order by p.name`,
    ),
  ]);
  const items = rows.map((row) => ({
    id: row.id,
    title: row.title,
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name! },
    town: row.town_id === null ? null : { id: row.town_id, name: row.town_name! },
    orderCount: row.order_count,
    leader: { id: row.leader_id, name: row.leader },
    status: row.status,
    listedAt: row.listed_at.toISOString(),
    dueOn: row.due_on,
    overdue: row.status !== 'closed' && row.due_on < today,
    closedAt: row.closed_at?.toISOString() ?? null,
    stepsDone: row.steps_done,
    stepsTotal: row.steps_total,
    nextStep:
      row.next_content === null || row.next_on === null ? null : { content: row.next_content, plannedOn: row.next_on },
  }));
  return { items, burnDown: burnDown(items, now), leaders, mayList: permits(actor, 'matter.backlog') };
}

/** At the end of each week (Sunday midnight in Shanghai), and now. */
function burnDown(
  items: readonly { listedAt: string; closedAt: string | null }[],
  now: number,
): ResponseOf<typeof listBacklog>['burnDown'] {
  const DAY = 86_400_000;
  const OFFSET = 8 * 3_600_000;
  const local = now + OFFSET;
  // The epoch was a Thursday: Monday is three days before.
  const monday = local - ((((Math.floor(local / DAY) + 3) % 7) + 7) % 7) * DAY - (local % DAY);
  return Array.from({ length: WEEKS }, (_, at) => {
    const from = monday - (WEEKS - 1 - at) * 7 * DAY - OFFSET;
    const to = Math.min(from + 7 * DAY, now + 1);
    const within = (time: string | null) => time !== null && Date.parse(time) >= from && Date.parse(time) < to;
    const before = (time: string | null) => time !== null && Date.parse(time) < to;
    return {
      week: new Date(from + OFFSET).toISOString().slice(0, 10),
      open: items.filter((item) => before(item.listedAt) && !before(item.closedAt)).length,
      listed: items.filter((item) => within(item.listedAt)).length,
      closed: items.filter((item) => within(item.closedAt)).length,
    };
  });
}
