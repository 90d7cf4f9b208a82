import type { Role } from '@bihuan/domain/access';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandId, type TestApp, type TestPerson } from '../../testing/app.ts';
import { bulletinWorld } from './bulletin.fixture.ts';

let app: TestApp;
let people: Map<Role, TestPerson>;

beforeAll(async () => {
  ({ app, people } = await bulletinWorld());
});
afterAll(() => app?.close());

const as = (role: Role) => people.get(role)!;
const command = (person: TestPerson, id: string, body: object, key = commandId()) =>
  app.call(person, 'POST', `/bulletins/${id}/commands`, { commandId: key, command: body });
const begin = async (period: string): Promise<string> =>
  (await app.call(as('coordination_clerk'), 'POST', '/bulletins', { commandId: commandId(), period })).body.id;
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();

test('begun by many at once, a period still has one bulletin', async () => {
  const answers = await Promise.all(
    Array.from({ length: 4 }, () =>
      app.call(as('coordination_clerk'), 'POST', '/bulletins', { commandId: commandId(), period: '2023-W18' }),
    ),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ body }) => body.created)).toHaveLength(1);
});

test('two signers: one signs, one number is given; sent twice, the same command signs once', async () => {
  const id = await begin('2023-W19');
  await command(as('coordination_clerk'), id, { action: 'submit' });
  await command(as('coordination_chief'), id, { action: 'approve' });
  const other = await app.person(as('bureau_leader').actor.unitId, 'bureau_leader');
  const key = commandId();
  const answers = await Promise.all([
    command(as('bureau_leader'), id, { action: 'publish' }, key),
    command(as('bureau_leader'), id, { action: 'publish' }, key),
    command(other, id, { action: 'publish' }),
  ]);
  const signed = answers.filter(({ status, body }) => status === 200 && body.repeated === false);
  expect(signed).toHaveLength(1);
  const notices = await app.deps.db.query(
    null,
    `select 1 from notice where kind = 'bulletin.published' and object_id = $1 and unit_id = $2`,
    [id, as('town_liaison').actor.unitId],
  );
  expect(notices).toHaveLength(1);
});

test('different bulletins signed at once get different numbers without a gap', async () => {
  const ids = await Promise.all(['2023-01', '2023-02', '2023-03'].map(begin));
  for (const id of ids) {
    await command(as('coordination_clerk'), id, { action: 'submit' });
    await command(as('coordination_chief'), id, { action: 'approve' });
  }
  expect(statuses(await Promise.all(ids.map((id) => command(as('bureau_leader'), id, { action: 'publish' }))))).toEqual(
    [200, 200, 200],
  );
  const rows = await app.deps.db.query<{ number: string }>(
    null,
    'select number from bulletin where id = any($1::uuid[]) order by number',
    [ids],
  );
  expect(rows.map(({ number }) => number)).toEqual([1, 2, 3].map((n) => `宝城执通〔2023〕${n}号`));
});

test('an edit and a submission at once: the text submitted is the one that was checked', async () => {
  const id = await begin('2023-W20');
  const { body } = await app.call(as('coordination_clerk'), 'GET', `/bulletins/${id}`);
  const { recipients, sections, version } = body;
  const edit = app.call(as('coordination_clerk'), 'PUT', `/bulletins/${id}/text`, {
    commandId: commandId(),
    version,
    title: '改过的标题',
    recipients,
    sections,
  });
  const submit = app.call(as('coordination_clerk'), 'POST', `/bulletins/${id}/commands`, {
    commandId: commandId(),
    version,
    command: { action: 'submit' },
  });
  const [edited, submitted] = await Promise.all([edit, submit]);
  const after = (await app.call(as('coordination_clerk'), 'GET', `/bulletins/${id}`)).body;
  if (submitted.status === 200) {
    expect(edited.status).toBeGreaterThanOrEqual(409);
    expect([after.status, after.title]).toEqual(['reviewing', body.title]);
  } else {
    expect([submitted.status, edited.status]).toEqual([412, 200]);
    expect([after.status, after.title]).toEqual(['draft', '改过的标题']);
  }
});

test('figures taken anew while it is submitted never reach a submitted bulletin', async () => {
  const id = await begin('2023-W21');
  const [refreshed, submitted] = await Promise.all([
    command(as('coordination_clerk'), id, { action: 'refresh', rewrite: false }),
    command(as('coordination_chief'), id, { action: 'submit' }),
  ]);
  expect(submitted.status).toBe(200);
  const events = await app.deps.db.query<{ action: string }>(
    null,
    `select action from audit_event where object_id = $1 and action in ('bulletin.refresh', 'bulletin.submit') order by id`,
    [id],
  );
  expect(events.map(({ action }) => action)).toEqual(
    refreshed.status === 200 ? ['bulletin.refresh', 'bulletin.submit'] : ['bulletin.submit'],
  );
});

test('two people of one unit give one receipt; two corrections make one revision', async () => {
  const id = await begin('2023-W22');
  await command(as('coordination_clerk'), id, { action: 'submit' });
  await command(as('coordination_chief'), id, { action: 'approve' });
  await command(as('bureau_leader'), id, { action: 'publish' });
  const receipts = await Promise.all([
    command(as('squadron_clerk'), id, { action: 'receive' }),
    command(as('squadron_leader'), id, { action: 'receive' }),
  ]);
  expect(statuses(receipts)).toEqual([200, 409]);
  const correction = { action: 'correct', reason: '文字有误', figures: 'keep' };
  const corrections = await Promise.all([
    command(as('coordination_clerk'), id, correction),
    command(as('coordination_chief'), id, correction),
  ]);
  expect(statuses(corrections)).toEqual([200, 409]);
});
