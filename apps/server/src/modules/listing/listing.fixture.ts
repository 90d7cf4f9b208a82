import { randomUUID } from 'node:crypto';
import type { ListingCommand } from '@bihuan/contract/listing';
import { expect } from 'vitest';
import type { TestApp, TestPerson } from '../../testing/app.ts';
import { type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { evidenceOf } from '../../testing/evidence.ts';

/** A district with whoever proposes, checks and decides: two of each, so that one can stand in for the other. */
export async function listingWorld(t: TestApp) {
  const d = await testDistrict(t);
  const chief = await t.person(d.units.supervision.id, 'supervision_chief');
  const deputy = await t.person(d.units.bureau.id, 'bureau_leader');
  return { ...d, chief, deputy };
}
export type ListingWorld = Awaited<ReturnType<typeof listingWorld>>;

export const proposal = (d: TestDistrict, more: Record<string, unknown> = {}) => ({
  source: 'media',
  sourceNote: '2023年6月2日《宝山报》第三版',
  level: 'bureau',
  subject: '友谊路夜市占道经营反复整治反复回潮',
  reason: '媒体曝光，一个月内三次整治后均回潮',
  demand: '二十个工作日内建立固定值守，夜间不再占道',
  ownerUnitId: d.units.a.id,
  leaderId: d.director.actor.personId,
  workdays: 20,
  reportEvery: 5,
  ...more,
});

export const propose = (
  t: TestApp,
  d: TestDistrict,
  as: TestPerson = d.supervisor,
  more: Record<string, unknown> = {},
  commandId: string = randomUUID(),
) => t.call(as, 'POST', '/listings', { commandId, listing: proposal(d, more) });

export async function proposed(t: TestApp, d: TestDistrict, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await propose(t, d, d.supervisor, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.id;
}

export const act = (
  t: TestApp,
  as: TestPerson,
  id: string,
  command: ListingCommand,
  more: Record<string, unknown> = {},
) => t.call(as, 'POST', `/listings/${id}/commands`, { commandId: randomUUID(), command, ...more });

export async function must(
  t: TestApp,
  id: string,
  ...steps: [as: TestPerson, command: ListingCommand][]
): Promise<void> {
  for (const [as, command] of steps) {
    const answer = await act(t, as, id, command);
    expect(answer.status, `${command.action} ${JSON.stringify(answer.body)}`).toBe(200);
  }
}

export async function asking(t: TestApp, as: TestPerson): Promise<ListingCommand> {
  return { action: 'ask_delisting', result: '固定值守到位，连续十日无占道', fileIds: [await evidenceOf(t, as)] };
}
export async function visiting(t: TestApp, as: TestPerson): Promise<ListingCommand> {
  return { action: 'visit', note: '夜间到场，路口仍有两处占道', fileIds: [await evidenceOf(t, as)] };
}
export const PASSED = { action: 'verify', passed: true, result: '三个夜间到场核查，均未见占道' } as const;

/** A matter of so many orders, written as the detection would. @returns the matter's id and its orders */
export async function matterOf(
  t: TestApp,
  d: TestDistrict,
  receivedAt: readonly string[],
): Promise<{ id: string; orders: string[] }> {
  const orders: string[] = [];
  for (const received of receivedAt) orders.push(await orderAt(t, d.units.a.id, received));
  const id = orders[0]!;
  await t.deps.db.query(
    null,
    `insert into matter (id, title, unit_id, order_count, first_at, last_at) values ($1, '友谊路夜市占道', $2, $3, $4, $4)`,
    [id, d.units.a.id, orders.length, receivedAt[0]],
  );
  await t.deps.db.query(
    null,
    'update matter_order set turn = seq, matter_id = $1 where complaint_id = any($2::uuid[])',
    [id, orders],
  );
  return { id, orders };
}

let n = 0;
/** An order of a unit, received at that instant. */
export async function orderAt(t: TestApp, unitId: string, receivedAt: string): Promise<string> {
  n += 1;
  const [row] = await t.deps.db.query<{ id: string }>(
    null,
    `with c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, received_at, due_at, first_contact_due_at)
        values ($1, (select id from intake_source where code = 'hotline'), 'ordinary', 'normal', '夜市占道', '夜市占道', 'handling', $2, $3, '2099-01-01', '2099-01-01') returning id),
      x as (insert into complainant (complaint_id) select id from c)
     select id from c`,
    [`L${n}`, unitId, receivedAt],
  );
  return row!.id;
}

export async function joinMatter(t: TestApp, matterId: string, orderId: string): Promise<void> {
  await t.deps.db.query(null, 'update matter_order set turn = seq, matter_id = $1 where complaint_id = $2', [
    matterId,
    orderId,
  ]);
}
