import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import {
  command,
  handledOrder,
  registerOrder,
  type TestDistrict,
  testDistrict,
  walk,
} from '../../testing/complaint.ts';

let t: TestApp;
let d: TestDistrict;
const sql = <Row extends object>(text: string, values: unknown[] = []) => t.deps.db.query<Row>(null, text, values);
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  for (const [name, unit, lng] of [
    ['梨花苑', d.units.a, 121.41],
    ['石榴苑', d.units.b, 121.42],
  ] as const)
    await sql("insert into place (kind, name, town_id, lng, lat) values ('compound', $1, $2, $3, 31.4)", [
      name,
      unit.townId,
      lng,
    ]);
});
afterAll(() => t.close());

const where = async (id: string) => {
  const [row] = await sql<{
    lng: number | null;
    lat: number | null;
    by: string;
    version: number;
    place: string | null;
  }>(
    'select c.lng, c.lat, c.point_by as by, c.version, p.name as place from complaint c left join place p on p.id = c.place_id where c.id = $1',
    [id],
  );
  return row!;
};
async function picture(lng: string, lat: string): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into file (sha256, name, mime, size, purpose, created_by, captured_lng, captured_lat, captured_at)
     values ($1, '现场.jpg', 'image/jpeg', 3, 'evidence', $2, $3, $4, '2023-06-05T02:00:00Z') returning id`,
    [Buffer.from(randomUUID()), d.officer.actor.personId, lng, lat],
  );
  return row!.id;
}

describe('where an order lies', () => {
  it('is taken from the dictionary when it is registered, also when the town is given', async () => {
    const found = await registerOrder(t, d.clerk, { address: '梨花苑3号' });
    expect(await where(found.id)).toMatchObject({ lng: 121.41, lat: 31.4, by: 'place', place: '梨花苑' });
    const given = await registerOrder(t, d.clerk, { address: '梨花苑3号', townId: d.units.a.townId });
    expect(await where(given.id)).toMatchObject({ lng: 121.41, place: '梨花苑' });
  });

  it('is not that of a place of this name in another town', async () => {
    const order = await registerOrder(t, d.clerk, { address: '梨花苑3号', townId: d.units.b.townId });
    expect(await where(order.id)).toMatchObject({ lng: null, lat: null, place: null });
  });

  it('follows a corrected address', async () => {
    const order = await registerOrder(t, d.clerk, { address: '梨花苑3号' });
    const changes = { address: '石榴苑7号', townId: d.units.b.townId };
    await walk(t, order.id, [d.clerk, { action: 'amend', reason: '听错了', changes }]);
    expect(await where(order.id)).toMatchObject({ lng: 121.42, by: 'place', place: '石榴苑' });
  });

  it('is that of the first picture taken on the spot, unless a person has set the pin', async () => {
    const order = await handledOrder(t, d, { address: '梨花苑3号' });
    const visit = async (lng: string, lat: string) =>
      walk(t, order.id, [
        d.officer,
        { action: 'visit', note: '到场', measures: [], fileIds: [await picture(lng, lat)] },
      ]);
    // Off the coast of Africa: a device that did not know.
    await visit('0', '0');
    expect(await where(order.id)).toMatchObject({ lng: 121.41, by: 'place' });
    await visit('121.4103', '31.4002');
    expect(await where(order.id)).toMatchObject({ lng: 121.4103, lat: 31.4002, by: 'captured' });
    await walk(t, order.id, [d.officer, { action: 'locate', lng: 121.4111117, lat: 31.4 }]);
    await visit('121.4200', '31.4002');
    expect(await where(order.id)).toMatchObject({ lng: 121.411112, by: 'pin' });
  });
});

describe('a pin', () => {
  it('set by two who saw the same version: one is set, the other is told, nothing is mixed', async () => {
    const order = await handledOrder(t, d, { address: '梨花苑3号' });
    const { version } = await where(order.id);
    const pins = [
      [d.clerk, 121.43],
      [d.officer, 121.44],
    ] as const;
    const answers = await Promise.all(
      pins.map(([as, lng]) =>
        t.call(as, 'POST', `/complaints/${order.id}/commands`, {
          commandId: randomUUID(),
          ifVersion: version,
          command: { action: 'locate', lng, lat: lng - 90 },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(answers.find(({ status }) => status === 412)!.body.detail).toContain('刚被他人修改');
    const after = await where(order.id);
    const winner = pins[answers.findIndex(({ status }) => status === 200)]!;
    expect(after).toMatchObject({ lng: winner[1], by: 'pin', version: version + 1 });
    expect(after.lat).toBeCloseTo(winner[1] - 90, 6);
    const events = await sql("select 1 from audit_event where object_id = $1 and action = 'complaint.locate'", [
      order.id,
    ]);
    expect(events).toHaveLength(1);
  });

  it('is for whoever may edit it, or handles it in the unit that answers for it or takes part', async () => {
    const order = await handledOrder(t, d, { address: '梨花苑3号' });
    const pin = { action: 'locate', lng: 121.43, lat: 31.4 } as const;
    for (const [as, status] of [
      [d.clerk, 200],
      [d.inner, 200],
      [d.officer, 200],
      [d.otherInner, 404],
      [d.liaison, 403],
      [d.director, 403],
      [d.sysadmin, 403],
    ] as const)
      expect((await command(t, as, order.id, pin)).status, as.actor.role).toBe(status);
  });

  it('outside the country is refused', async () => {
    const order = await handledOrder(t, d);
    const answer = await command(t, d.clerk, order.id, { action: 'locate', lng: 31.4, lat: 80 });
    expect([answer.status, answer.body.code]).toEqual([400, 'outside_range']);
  });

  it('is kept on a closed order as well, and shown in its history', async () => {
    const order = await handledOrder(t, d, { address: '梨花苑3号' });
    await sql("update complaint set status = 'closed', closed_at = now() where id = $1", [order.id]);
    expect(
      (await command(t, d.clerk, order.id, { action: 'locate', lng: 121.43, lat: 31.4, note: '北门' })).status,
    ).toBe(200);
    const { body } = await t.call(d.clerk, 'GET', `/complaints/${order.id}`);
    expect(body).toMatchObject({ lng: 121.43, lat: 31.4, pointBy: 'pin' });
    const event = body.timeline.find((one: { action: string }) => one.action === 'complaint.locate');
    expect(event).toMatchObject({ label: '修正位置', note: '北门' });
    expect(event.facts).toContainEqual({ label: '位置', value: '121.430000, 31.400000' });
  });
});
