import { randomUUID } from 'node:crypto';
import type { VisitCommand } from '@bihuan/contract/on-site';
import { VISIT_ACTIONS, type VisitAction } from '@bihuan/domain/on-site';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  ANSWER,
  act,
  CONCLUDE,
  MINUTE,
  must,
  type OnSiteWorld,
  onSiteWorld,
  plan,
  plannedVisit,
  RECTIFY,
  REPLAN,
} from './on-site.fixture.ts';

let t: TestApp;
let d: OnSiteWorld;
beforeAll(async () => {
  t = await testApp();
  d = await onSiteWorld(t);
});
afterAll(() => t.close());

type Two = readonly [[TestPerson, VisitCommand], [TestPerson, VisitCommand]];
const CANCEL: VisitCommand = { action: 'cancel', reason: '并入专项督察' };

async function bringTo(status: 'planned' | 'visited' | 'answered'): Promise<string> {
  // Each round needs a squadron without a visit.
  await t.deps.db.query(null, "update on_site_visit set status = 'cancelled' where status <> 'cancelled'");
  const id = await plannedVisit(t, d);
  if (status !== 'planned') await must(t, id, [d.supervisor, MINUTE]);
  if (status === 'answered') await must(t, id, [d.leader, ANSWER]);
  return id;
}

describe('two at once', () => {
  it('at every transition: with the version both saw one wins, the other is told; nothing is lost or there twice', async () => {
    const races: [Parameters<typeof bringTo>[0], Two][] = [
      [
        'planned',
        [
          [d.supervisor, MINUTE],
          [d.chief, CANCEL],
        ],
      ],
      [
        'planned',
        [
          [d.supervisor, MINUTE],
          [d.chief, MINUTE],
        ],
      ],
      [
        'planned',
        [
          [d.supervisor, REPLAN(d)],
          [d.chief, MINUTE],
        ],
      ],
      [
        'visited',
        [
          [d.leader, ANSWER],
          [d.inner, ANSWER],
        ],
      ],
      [
        'visited',
        [
          [d.leader, ANSWER],
          [d.supervisor, RECTIFY],
        ],
      ],
      [
        'answered',
        [
          [d.supervisor, CONCLUDE],
          [d.chief, CONCLUDE],
        ],
      ],
    ];
    const seen = new Set<VisitAction>();
    for (const [status, both] of races) {
      const id = await bringTo(status);
      const { version } = (await t.call(d.chief, 'GET', `/on-site/${id}`)).body;
      const answers = await Promise.all(both.map(([as, command]) => act(t, as, id, command, { version })));
      expect(answers.map((one) => one.status).sort(), JSON.stringify(answers.map((one) => one.body))).toEqual([
        200, 412,
      ]);
      for (const [, command] of both) seen.add(command.action);
      const [row] = await t.deps.db.query<{ version: number; events: number; commitments: number; minuted: boolean }>(
        null,
        `select v.version, (select count(*)::int from audit_event e where e.object_type = 'on_site' and e.object_id = v.id) as events,
                (select count(*)::int from on_site_commitment k where k.visit_id = v.id) as commitments, v.minutes is not null as minuted
           from on_site_visit v where v.id = $1`,
        [id],
      );
      expect(row).toEqual({
        version: version + 1,
        events: version + 1,
        commitments: row!.minuted ? 1 : 0,
        minuted: row!.minuted,
      });
    }
    expect([...seen].sort()).toEqual(Object.keys(VISIT_ACTIONS).sort());
  });

  it('two plan the same visit: it is planned once; sent again with the same command it answers the same', async () => {
    await t.deps.db.query(null, "update on_site_visit set status = 'cancelled' where status <> 'cancelled'");
    const answers = await Promise.all([plan(t, d, d.supervisor), plan(t, d, d.chief)]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
    await t.deps.db.query(null, "update on_site_visit set status = 'cancelled' where status <> 'cancelled'");
    const commandId = randomUUID();
    const again = await Promise.all([1, 2, 3].map(() => plan(t, d, d.supervisor, {}, commandId)));
    expect(new Set(again.map(({ body }) => body.id)).size).toBe(1);
  });
});
