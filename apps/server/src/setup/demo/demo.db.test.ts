import { clockInputs, type Kind, type RoundKind, type Urgency } from '@bihuan/domain/complaint';
import { deriveClock, type LedgerEntry } from '@bihuan/domain/workday';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countUnsealed, verifyAudit } from '../../platform/audit/index.ts';
import { type TestApp, testApp } from '../../testing/app.ts';
import { DEMO_ACCOUNTS, DemoError, loadDemo } from './index.ts';

const END = new Date('2023-06-30T17:30:00+08:00');

describe('the demo district', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await testApp();
  });
  afterEach(() => t.close());

  const count = async (sql: string): Promise<number> =>
    (await t.deps.db.query<{ n: number }>(null, `select count(*)::int as n ${sql}`))[0]!.n;

  it('comes whole, with an account for every role, and a second load changes nothing', async () => {
    expect(await loadDemo(t.deps, { orders: 600, now: END })).toEqual({ loaded: true, orders: 600 });
    expect(await count('from complaint')).toBe(600);
    expect(await count('from complainant')).toBe(600);
    expect(await count('from person')).toBeGreaterThan(290);
    const roles = await t.deps.db.query<{ username: string; role: string }>(
      null,
      'select a.username, o.role from account a join posting o on o.person_id = a.person_id and o.ended_on is null where a.username = any($1::text[])',
      [DEMO_ACCOUNTS.map(({ username }) => username)],
    );
    expect(new Map(roles.map(({ username, role }) => [username, role]))).toEqual(
      new Map(DEMO_ACCOUNTS.map(({ username, role }) => [username, role])),
    );
    expect(await loadDemo(t.deps, { orders: 50 })).toEqual({ loaded: false, orders: 600 });
    expect(await count('from complaint')).toBe(600);
  });

  it('comes with its audit chain closed, so that a check right after the first start proves all of it', async () => {
    await loadDemo(t.deps, { orders: 200, now: END });
    expect(await countUnsealed(t.deps.db)).toBe(0);
    const { ok, checked } = await verifyAudit(t.deps.db);
    expect({ ok, checked }).toEqual({ ok: true, checked: await count('from audit_event') });
    expect(checked).toBeGreaterThan(200);
  });

  it('leaves nothing behind when the load breaks off, and the next start loads it', async () => {
    const broken = loadDemo(t.deps, {
      orders: 1200,
      now: END,
      onProgress: () => {
        throw new Error('killed');
      },
    });
    await expect(broken).rejects.toThrow('killed');
    expect(await count('from complaint')).toBe(0);
    expect(await count('from unit')).toBe(0);
    expect((await loadDemo(t.deps, { orders: 200, now: END })).loaded).toBe(true);
  });

  it('refuses a system that holds other data', async () => {
    await t.unit('squadron');
    await expect(loadDemo(t.deps, { orders: 10 })).rejects.toThrow(DemoError);
  });

  it('is the same for the same seed', async () => {
    await loadDemo(t.deps, { orders: 300, now: END });
    const other = await testApp();
    const rows = async (app: TestApp) =>
      app.deps.db.query(
        null,
        'select id, number, title, content, address, status, unit_id, officer_id, received_at, due_at, outcome from complaint order by id',
      );
    const events = async (app: TestApp) =>
      app.deps.db.query(
        null,
        "select id, at, actor_id, action, note from audit_event where object_type = 'complaint' order by id",
      );
    try {
      await loadDemo(other.deps, { orders: 300, now: END });
      expect(await rows(other)).toEqual(await rows(t));
      expect(await events(other)).toEqual(await events(t));
    } finally {
      await other.close();
    }
  });

  it('has due instants that the rules derive from its own ledger', async () => {
    await loadDemo(t.deps, { orders: 400, now: END });
    const rounds = await t.deps.db.query<{
      kind: RoundKind;
      urgency: Urgency;
      started_at: Date;
      first_contact_at: Date | null;
      first_contact_due_at: Date;
      concluded_at: Date | null;
      due_at: Date;
      status: string;
      ledger: { kind: 'pause' | 'resume' | 'extend'; at: number; unit: 'workday'; amount: number }[] | null;
      order_kind: Kind;
    }>(
      null,
      `select r.kind, r.urgency, r.started_at, r.first_contact_at, r.first_contact_due_at, r.concluded_at, r.due_at, c.status, c.kind as order_kind,
              (select json_agg(json_build_object('kind', e.kind, 'at', extract(epoch from e.at) * 1000, 'unit', e.extend_unit, 'amount', e.extend_amount) order by e.at, e.id)
                 from clock_entry e where e.complaint_id = r.complaint_id and e.round = r.round) as ledger
         from handling_round r join complaint c on c.id = r.complaint_id where r.concluded_at is not null`,
    );
    expect(rounds.length).toBeGreaterThan(300);
    const { calendar, budgetRule } = t.deps.workingTime;
    for (const r of rounds) {
      const ledger = (r.ledger ?? []).map(
        ({ kind, at, unit, amount }): LedgerEntry =>
          kind === 'extend' ? { kind, at, budget: { unit, amount } } : { kind, at },
      );
      const round = {
        kind: r.kind,
        urgency: r.urgency,
        startedAt: r.started_at.getTime(),
        firstContactAt: r.first_contact_at?.getTime() ?? null,
        concludedAt: r.concluded_at!.getTime(),
      };
      const inputs = clockInputs({ ledger, round }, budgetRule);
      expect(deriveClock(inputs.handling, calendar, END.getTime()).dueAt).toBe(r.due_at.getTime());
      expect(deriveClock(inputs.firstContact, calendar, END.getTime()).dueAt).toBe(r.first_contact_due_at.getTime());
    }
  });

  it('has open orders in every state at its end, and pending requests', async () => {
    // A whole load within eight days: something is under way in every state.
    await loadDemo(t.deps, { orders: 1500, now: new Date('2022-07-08T10:50:00+08:00') });
    const states = await t.deps.db.query<{ status: string }>(null, 'select distinct status from complaint');
    expect(states.map(({ status }) => status).sort()).toEqual([
      'accepted',
      'closed',
      'declined',
      'dispatched',
      'following_up',
      'handling',
      'received',
      'reviewing',
    ]);
    expect(await count('from complaint_request where decided_at is null')).toBeGreaterThan(0);
    expect(
      await count("from complaint where status in ('handling', 'dispatched') and due_at < '2022-07-08 10:50+08'"),
    ).toBeGreaterThan(0);
    expect(
      await count(
        'from audit_event e where not exists (select 1 from posting o where o.person_id = e.actor_id and o.unit_id = e.actor_unit_id and o.role = e.actor_role) and actor_id is not null',
      ),
    ).toBe(0);
  });

  it('shows the growth of bearing-wall orders from January to May 2023', async () => {
    await loadDemo(t.deps, { orders: 4000, now: END });
    expect(
      await count(
        "from handling_round where started_at >= '2023-05-01 00:00+08' and started_at < '2023-06-01 00:00+08' and category_code = 'house.bearing_wall'",
      ),
    ).toBeGreaterThan(
      await count(
        "from handling_round where started_at >= '2023-01-01 00:00+08' and started_at < '2023-02-01 00:00+08' and category_code = 'house.bearing_wall'",
      ),
    );
  });

  it('protects who complained: no telephone number stands in the open', async () => {
    await loadDemo(t.deps, { orders: 500, now: END });
    expect(await count("from complaint where content ~ '1[3-9][0-9]{9}' or address ~ '1[3-9][0-9]{9}'")).toBe(0);
    const [row] = await t.deps.db.query<{ complaint_id: string; name_enc: Buffer; phone_enc: Buffer }>(
      null,
      'select complaint_id, name_enc, phone_enc from complainant where name_enc is not null limit 1',
    );
    expect(t.deps.keyring.decrypt(row!.phone_enc, `complainant.phone:${row!.complaint_id}`)).toMatch(/^166000\d{5}$/);
    expect(t.deps.keyring.decrypt(row!.name_enc, `complainant.name:${row!.complaint_id}`)).toMatch(
      /^\p{Script=Han}{2,3}$/u,
    );
  });
});
