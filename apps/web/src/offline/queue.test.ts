import 'fake-indexeddb/auto';
import type { ComplaintCommand } from '@bihuan/contract/complaint';
import { beforeEach, describe, expect, it } from 'vitest';
import { reactive } from 'vue';
import { ApiProblem } from '../api/problem.ts';
import { createQueue, type QueueParts, type Sent } from './queue.ts';
import { type FieldFile, openStore, type Store } from './store.ts';

const VISIT: ComplaintCommand = { action: 'visit', note: '现场已劝阻', measures: ['persuade'] };
const CONTACT: ComplaintCommand = { action: 'contact', outcome: 'reached', note: '已说明到场时间' };

const network = () => new ApiProblem({ status: 0, code: 'network', detail: '没有信号，或连不上服务器' });
const refusal = (status: number, code: string) =>
  new ApiProblem({ status, code, detail: '当前状态下不能进行这一操作' });

/** A server that carries out each command id once, as ours does. */
function fakeServer() {
  const done: { commandId: string; command: ComplaintCommand }[] = [];
  const uploads: string[] = [];
  let answers: (() => void)[] = [];
  const answer = (commandId: string, command: ComplaintCommand): Sent => {
    const repeated = done.some((one) => one.commandId === commandId);
    if (!repeated) done.push({ commandId, command });
    return { id: 'c', status: 'handling', round: 1, version: 2, dueAt: null, allowedActions: [], repeated };
  };
  return {
    done,
    uploads,
    /** The next sendings end so, in this order; afterwards everything is taken. */
    will(...next: (() => void)[]) {
      answers = next;
    },
    async send(_complaintId: string, commandId: string, command: ComplaintCommand) {
      answers.shift()?.();
      return answer(commandId, command);
    },
    /** Carries it out, but the answer is lost on the way. */
    async sendAndLose(_complaintId: string, commandId: string, command: ComplaintCommand): Promise<Sent> {
      answer(commandId, command);
      throw network();
    },
    async upload(file: FieldFile) {
      uploads.push(file.key);
      return { id: `server-${file.key}` };
    },
  };
}

const fail = (problem: ApiProblem) => () => {
  throw problem;
};

let database = 0;
let name: string;
let now: number;
let server: ReturnType<typeof fakeServer>;
let opened: Store[];

function open(overrides: Partial<QueueParts> = {}) {
  let store: Promise<Store> | undefined;
  const queue = createQueue({
    store: () => {
      store ??= openStore(name).then((db) => {
        opened.push(db);
        return db;
      });
      return store;
    },
    send: server.send,
    upload: server.upload,
    personId: () => 'officer',
    now: () => now,
    alone: (work) => work(),
    onChange: () => undefined,
    ...overrides,
  });
  return queue;
}

const item = (
  id: string,
  command: ComplaintCommand = VISIT,
  more: { complaintId?: string; fileKeys?: string[] } = {},
) => ({
  id,
  personId: 'officer',
  complaintId: more.complaintId ?? 'c1',
  number: 'BH1',
  label: '现场处置',
  command,
  fileKeys: more.fileKeys ?? [],
});

async function addFile(key: string): Promise<void> {
  const db = await openStore(name);
  await db.put('files', {
    key,
    owner: 'draft',
    name: '照片.jpg',
    mime: 'image/jpeg',
    size: 3,
    blob: new Blob(['abc']),
    sha256: 'ba7816bf',
    capturedAt: '2023-06-05T10:00:00+08:00',
    lng: 121.4,
    lat: 31.4,
    uploadedId: null,
  });
  db.close();
}

beforeEach(() => {
  for (const db of opened ?? []) db.close();
  opened = [];
  database += 1;
  name = `queue-${database}`;
  now = 1_000_000;
  server = fakeServer();
});

describe('field queue', () => {
  it('sends at once and forgets only what the server says it carried out', async () => {
    const queue = open();
    const outcome = await queue.perform(item('a'));
    expect(outcome.state).toBe('sent');
    expect(await queue.list()).toEqual([]);
    expect(server.done).toHaveLength(1);
    queue.stop();
  });

  it('takes what a form holds, proxies and all', async () => {
    const queue = open();
    const form = reactive({ measures: ['persuade'], fileKeys: [] as string[] });
    const command = { action: 'visit', note: '现场已劝阻', measures: form.measures } as ComplaintCommand;
    expect(await queue.perform({ ...item('a', command), fileKeys: form.fileKeys })).toMatchObject({ state: 'sent' });
    expect(server.done).toEqual([{ commandId: 'a', command: VISIT }]);
    queue.stop();
  });

  it.each([
    ['a lost connection', network()],
    ['500', refusal(500, 'internal')],
    ['503', refusal(503, 'database_unavailable')],
    ['429', refusal(429, 'too_many')],
    ['a lock held by another', refusal(409, 'try_again')],
  ])('keeps the item after %s, says why, and sends it later once', async (_name, problem) => {
    const queue = open();
    server.will(fail(problem));
    const outcome = await queue.perform(item('a'));
    expect(outcome).toMatchObject({ state: 'waiting', trouble: { detail: problem.detail } });
    expect(await queue.list()).toMatchObject([{ id: 'a', attempts: 1, command: VISIT }]);

    await queue.flush();
    expect(server.done).toHaveLength(0);
    now += 2_000;
    await queue.flush();
    expect(server.done).toEqual([{ commandId: 'a', command: VISIT }]);
    expect(await queue.list()).toEqual([]);
    queue.stop();
  });

  it('pauses longer after each failure, never longer than five minutes', async () => {
    const queue = open();
    await queue.put(item('a'));
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      server.will(fail(refusal(500, 'internal')));
      await queue.flush('all');
      pauses.push((await queue.list())[0]!.nextAt - now);
    }
    expect(pauses.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(pauses.at(-1)).toBe(300_000);
    queue.stop();
  });

  it.each([
    [409, 'wrong_status'],
    [400, 'invalid'],
    [403, 'not_handler'],
    [404, 'not_found'],
    [422, 'reason_required'],
  ])('keeps a command refused with %i for the person, with the reason, and never sends it by itself again', async (status, code) => {
    const queue = open();
    server.will(fail(refusal(status, code)));
    expect(await queue.perform(item('a'))).toMatchObject({ state: 'refused', trouble: { status, code } });
    now += 86_400_000;
    await queue.flush('all');
    expect(server.done).toHaveLength(0);
    expect(await queue.list()).toMatchObject([{ id: 'a', trouble: { kind: 'refused', status, code } }]);
    queue.stop();
  });

  it('sends a refused command again once it has been corrected', async () => {
    const queue = open();
    server.will(fail(refusal(400, 'invalid')));
    await queue.perform(item('a', { ...CONTACT, note: ' ' } as ComplaintCommand));
    expect(await queue.perform(item('a', CONTACT))).toMatchObject({ state: 'sent' });
    expect(server.done).toEqual([{ commandId: 'a', command: CONTACT }]);
    queue.stop();
  });

  it('does not let a command be changed whose first sending may have been carried out', async () => {
    const queue = open({ send: server.sendAndLose });
    await queue.perform(item('a'));
    await expect(queue.put(item('a', CONTACT))).rejects.toThrow('only a refused command');
    expect(await queue.list()).toMatchObject([{ id: 'a', command: VISIT }]);
    queue.stop();
  });

  it('is carried out once when the answer was lost and the command is sent again', async () => {
    const losing = open({ send: server.sendAndLose });
    expect(await losing.perform(item('a'))).toMatchObject({ state: 'waiting' });
    losing.stop();
    const queue = open();
    now += 60_000;
    await queue.flush();
    expect(server.done).toHaveLength(1);
    expect(await queue.list()).toEqual([]);
    queue.stop();
  });

  it('loses nothing when the tab is closed while sending: the next tab sends the same command id', async () => {
    const closed = open({ send: () => new Promise(() => undefined) });
    await closed.put(item('a'));
    void closed.flush();
    await new Promise((resolve) => setTimeout(resolve, 10));
    closed.stop();

    const queue = open();
    expect(await queue.list()).toMatchObject([{ id: 'a', command: VISIT }]);
    await queue.flush();
    expect(server.done.map((one) => one.commandId)).toEqual(['a']);
    queue.stop();
  });

  it('keeps the sequence on one order: what comes later waits for what failed or was refused before it', async () => {
    const queue = open();
    server.will(fail(refusal(409, 'wrong_status')));
    await queue.perform(item('a', CONTACT));
    expect(await queue.perform(item('b', VISIT))).toMatchObject({ state: 'waiting', trouble: { code: 'behind' } });
    expect(await queue.perform(item('other', VISIT, { complaintId: 'c2' }))).toMatchObject({ state: 'sent' });
    await queue.discard('a');
    await queue.flush();
    expect(server.done.map((one) => one.commandId)).toEqual(['other', 'b']);
    queue.stop();
  });

  it('sends the orders behind one that the server fails on', async () => {
    const queue = open();
    await queue.put(item('a'));
    await queue.put(item('b', VISIT, { complaintId: 'c2' }));
    server.will(fail(refusal(500, 'internal')));
    await queue.flush();
    expect(server.done.map((one) => one.commandId)).toEqual(['b']);
    queue.stop();
  });

  it('waits for sign-in instead of dropping or refusing when the session has run out', async () => {
    const queue = open();
    server.will(fail(refusal(401, 'not_signed_in')));
    expect(await queue.perform(item('a'))).toMatchObject({ state: 'waiting' });
    await queue.flush('all');
    expect(server.done).toHaveLength(1);
    queue.stop();
  });

  it('does not send one person’s work in another’s name', async () => {
    const queue = open({ personId: () => 'somebody else' });
    await queue.put(item('a'));
    await queue.flush('all');
    expect(server.done).toHaveLength(0);
    expect(await queue.list()).toHaveLength(1);
    queue.stop();
  });

  it('uploads each file once, though the command after it fails, and keeps hash, time and place of the capture', async () => {
    await addFile('photo');
    const seen: FieldFile[] = [];
    const queue = open({
      upload: async (file) => {
        seen.push(file);
        return server.upload(file);
      },
    });
    server.will(fail(network()), fail(refusal(502, 'unknown')));
    await queue.perform(item('a', VISIT, { fileKeys: ['photo'] }));
    await queue.flush('all');
    await queue.flush('all');
    expect(server.uploads).toEqual(['photo']);
    expect(seen[0]).toMatchObject({
      sha256: 'ba7816bf',
      capturedAt: '2023-06-05T10:00:00+08:00',
      lng: 121.4,
      lat: 31.4,
    });
    expect(server.done).toEqual([{ commandId: 'a', command: { ...VISIT, fileIds: ['server-photo'] } }]);
    const db = await openStore(name);
    expect(await db.count('files')).toBe(0);
    db.close();
    queue.stop();
  });

  it('sends a photo again that arrived damaged, and says why it waits', async () => {
    await addFile('photo');
    let tries = 0;
    const queue = open({
      upload: (file) => (++tries === 1 ? Promise.reject(refusal(422, 'upload_damaged')) : server.upload(file)),
    });
    const outcome = await queue.perform(item('a', VISIT, { fileKeys: ['photo'] }));
    expect(outcome).toMatchObject({ state: 'waiting', trouble: { code: 'upload_damaged' } });
    expect(server.done).toHaveLength(0);
    await queue.flush('all');
    expect(server.done).toEqual([{ commandId: 'a', command: { ...VISIT, fileIds: ['server-photo'] } }]);
    expect(await queue.list()).toHaveLength(0);
    queue.stop();
  });

  it('names the file that the server will not have, and sends without it once it is taken out', async () => {
    await addFile('video');
    const queue = open({ upload: () => Promise.reject(refusal(413, 'too_large')) });
    const outcome = await queue.perform(item('a', VISIT, { fileKeys: ['video'] }));
    expect(outcome).toMatchObject({ state: 'refused', trouble: { status: 413 } });
    expect(outcome.state === 'refused' && outcome.trouble.detail).toContain('照片.jpg');
    expect(await queue.perform(item('a', VISIT))).toMatchObject({ state: 'sent' });
    queue.stop();
  });

  it('gives an item up only when told to, with its files', async () => {
    await addFile('photo');
    const queue = open();
    server.will(fail(network()));
    await queue.perform(item('a', VISIT, { fileKeys: ['photo'] }));
    await queue.discard('a');
    const db = await openStore(name);
    expect(await db.count('files')).toBe(0);
    db.close();
    await queue.flush('all');
    expect(server.done).toHaveLength(0);
    queue.stop();
  });
});
