import { randomUUID } from 'node:crypto';
import type { ListingCommand } from '@bihuan/contract/listing';
import { LISTING_ACTIONS, type ListingAction } from '@bihuan/domain/listing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  act,
  asking,
  type ListingWorld,
  listingWorld,
  must,
  PASSED,
  propose,
  proposed,
  visiting,
} from './listing.fixture.ts';

let t: TestApp;
let d: ListingWorld;
beforeAll(async () => {
  t = await testApp();
  d = await listingWorld(t);
});
afterAll(() => t.close());

type Two = readonly [[TestPerson, ListingCommand], [TestPerson, ListingCommand]];
const APPROVE: ListingCommand = { action: 'approve' };
const REFUSE: ListingCommand = { action: 'refuse', reason: '理由不足' };
const DELIST: ListingCommand = { action: 'delist' };
const BACK: ListingCommand = { action: 'send_back', reason: '仍有反弹' };

/** Two at once for every transition: only one of them fits what the other leaves. */
const RACES: Record<'proposed' | 'listed' | 'delisting' | 'checked', () => Promise<Two[]>> = {
  proposed: async () => [
    [
      [d.director, APPROVE],
      [d.deputy, APPROVE],
    ],
    [
      [d.director, APPROVE],
      [d.deputy, REFUSE],
    ],
  ],
  listed: async () => [
    [
      [d.leader, await asking(t, d.leader)],
      [d.inner, await asking(t, d.inner)],
    ],
    [
      [d.leader, await asking(t, d.leader)],
      [d.inner, { action: 'report', note: '本周值守到位' }],
    ],
    [
      [d.leader, await asking(t, d.leader)],
      [d.director, { action: 'extend', workdays: 5, reason: '等待批复' }],
    ],
  ],
  delisting: async () => [
    [
      [d.supervisor, PASSED],
      [d.chief, { ...PASSED, passed: false }],
    ],
    [
      [d.supervisor, PASSED],
      [d.chief, { action: 'open_rectification', type: 'street', problem: '仍有占道', workdays: 5 }],
    ],
    [
      [d.supervisor, { ...PASSED, passed: false }],
      [d.chief, await visiting(t, d.chief)],
    ],
  ],
  checked: async () => [
    [
      [d.director, DELIST],
      [d.deputy, BACK],
    ],
    [
      [d.director, DELIST],
      [d.deputy, DELIST],
    ],
  ],
};

async function bringTo(status: keyof typeof RACES): Promise<string> {
  const id = await proposed(t, d);
  if (status === 'proposed') return id;
  await must(t, id, [d.director, APPROVE]);
  if (status === 'listed') return id;
  await must(t, id, [d.leader, await asking(t, d.leader)]);
  if (status === 'checked') await must(t, id, [d.supervisor, PASSED]);
  return id;
}

describe('two at once', () => {
  it('at every transition: with the version both saw one wins, the other is told; every event of the ledger is there once', async () => {
    const seen = new Set<ListingAction>();
    for (const status of Object.keys(RACES) as (keyof typeof RACES)[]) {
      for (const [first, second] of await RACES[status]()) {
        const id = await bringTo(status);
        const { version } = (await t.call(d.chief, 'GET', `/listings/${id}`)).body;
        const answers = await Promise.all([first, second].map(([as, command]) => act(t, as, id, command, { version })));
        expect(
          answers.map((one) => one.status).sort(),
          `${status} ${JSON.stringify(answers.map((a) => a.body))}`,
        ).toEqual([200, 412]);
        for (const [, command] of [first, second]) seen.add(command.action);
        const [row] = await t.deps.db.query<{ version: number; events: number; sound: boolean }>(
          null,
          `select l.version, (select count(*)::int from audit_event e where e.object_type = 'listing' and e.object_id = l.id) as events,
                  (select count(*) from listing_clock k where k.listing_id = l.id) = (select coalesce(max(k.seq) + 1, 0) from listing_clock k where k.listing_id = l.id) as sound
             from listing l where l.id = $1`,
          [id],
        );
        expect(row).toEqual({ version: version + 1, events: version + 1, sound: true });
      }
    }
    expect([...seen].sort()).toEqual(Object.keys(LISTING_ACTIONS).sort());
  });

  it('without a version the second finds that it no longer fits, and what can follow does follow', async () => {
    const id = await bringTo('checked');
    const answers = await Promise.all([act(t, d.director, id, DELIST), act(t, d.deputy, id, BACK)]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
    expect(answers.find((one) => one.status === 409)!.body.code).toBe('wrong_status');
  });

  it('one command sent twice is carried out once; its id is of no use for another record', async () => {
    const id = await bringTo('proposed');
    const commandId = randomUUID();
    const answers = await Promise.all([1, 2].map(() => act(t, d.director, id, APPROVE, { commandId })));
    expect(answers.map(({ status, body }) => [status, body.repeated]).sort()).toEqual([
      [200, false],
      [200, true],
    ]);
    expect((await act(t, d.director, await bringTo('proposed'), APPROVE, { commandId })).body.code).toBe(
      'command_id_used',
    );
  });

  it('the same rectification proposed by two at once is proposed once', async () => {
    const issued = await t.call(d.supervisor, 'POST', '/rectifications', {
      commandId: randomUUID(),
      rectification: {
        source: 'inspection',
        type: 'street',
        problem: '占道未清',
        ownerUnitId: d.units.a.id,
        workdays: 3,
      },
    });
    const more = { source: 'rectification', rectificationId: issued.body.id };
    const answers = await Promise.all([propose(t, d, d.supervisor, more), propose(t, d, d.chief, more)]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
  });
});
