import type { CommandResult, ComplaintCommand } from '@bihuan/contract/complaint';
import type { Static } from 'typebox';
import { ApiProblem } from '../api/problem.ts';
import type { FieldFile, QueuedCommand, Store, Trouble } from './store.ts';

export type Sent = Static<typeof CommandResult>;
export type Outcome = { state: 'sent'; result: Sent } | { state: 'waiting' | 'refused'; trouble: Trouble };

export interface QueueParts {
  store: () => Promise<Store>;
  send: (complaintId: string, commandId: string, command: ComplaintCommand) => Promise<Sent>;
  upload: (file: FieldFile, onProgress: (fraction: number) => void) => Promise<{ id: string }>;
  /** Who is signed in: only their own work is sent in their name. */
  personId: () => string | null;
  now: () => number;
  /** Runs alone among the tabs of this browser. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
  onChange: () => void;
  onSent?: (item: QueuedCommand, result: Sent) => void;
  onProgress?: (fileKey: string, fraction: number) => void;
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Answers that concern the sign-in, not the command: it waits until the person has signed in. */
const SIGN_IN_CODES = ['not_signed_in', 'second_factor_required', 'password_change_required'];

/**
 * The durable queue of field work. An item leaves it only when the server has answered that it was carried out, or when the
 * person discards it. Everything is written to the store before it is sent, so a closed tab loses nothing; what was being sent
 * then is sent again under the same command id.
 */
export function createQueue(parts: QueueParts) {
  const results = new Map<string, Sent>();
  let line: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastCreatedAt = 0;

  async function list(): Promise<QueuedCommand[]> {
    const items = await (await parts.store()).getAll('commands');
    return items.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  /** Adds an item with its files, or replaces one that was refused. */
  async function put(item: Omit<QueuedCommand, 'createdAt' | 'attempts' | 'nextAt' | 'trouble'>): Promise<void> {
    const db = await parts.store();
    const tx = db.transaction(['commands', 'files'], 'readwrite');
    const earlier = await tx.objectStore('commands').get(item.id);
    if (earlier && earlier.trouble?.kind !== 'refused') {
      // Its first sending may have been carried out: a changed content under the same id would be ignored.
      await tx.done;
      throw new Error('only a refused command may be changed');
    }
    lastCreatedAt = Math.max(parts.now(), lastCreatedAt + 1);
    await tx.objectStore('commands').put({
      ...item,
      // A form's values are proxies, which the store cannot hold.
      command: JSON.parse(JSON.stringify(item.command)) as ComplaintCommand,
      fileKeys: [...item.fileKeys],
      createdAt: earlier?.createdAt ?? lastCreatedAt,
      attempts: 0,
      nextAt: 0,
      trouble: null,
    });
    const files = tx.objectStore('files');
    for (const owned of await files.index('owner').getAll(item.id)) {
      if (!item.fileKeys.includes(owned.key)) await files.delete(owned.key);
    }
    for (const key of item.fileKeys) {
      const file = await files.get(key);
      if (file) await files.put({ ...file, owner: item.id });
    }
    await tx.done;
    parts.onChange();
  }

  async function remove(id: string): Promise<void> {
    const db = await parts.store();
    const tx = db.transaction(['commands', 'files'], 'readwrite');
    const files = tx.objectStore('files');
    for (const key of await files.index('owner').getAllKeys(id)) await files.delete(key);
    await tx.objectStore('commands').delete(id);
    await tx.done;
    parts.onChange();
  }

  async function note(id: string, change: Partial<QueuedCommand>): Promise<void> {
    const db = await parts.store();
    const tx = db.transaction('commands', 'readwrite');
    const item = await tx.store.get(id);
    if (item) await tx.store.put({ ...item, ...change });
    await tx.done;
    parts.onChange();
  }

  /** Sends one item. @returns whether going on makes sense (there is signal and a sign-in) */
  async function sendOne(item: QueuedCommand): Promise<boolean> {
    try {
      const fileIds = await uploadFiles(item);
      const command = (fileIds.length > 0 ? { ...item.command, fileIds } : item.command) as ComplaintCommand;
      const result = await parts.send(item.complaintId, item.id, command);
      results.set(item.id, result);
      await remove(item.id);
      parts.onSent?.(item, result);
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) {
        await wait(item, new ApiProblem({ status: 0, code: 'page', detail: '发送时页面出错，将再次发送' }));
        return true;
      }
      const signIn = error.status === 401 || SIGN_IN_CODES.includes(error.code);
      if (signIn || error.isTransient) {
        await wait(item, error);
        return !signIn && !error.isNetwork;
      }
      await note(item.id, { attempts: item.attempts + 1, trouble: troubleOf('refused', error) });
      return true;
    }
  }

  function wait(item: QueuedCommand, problem: ApiProblem): Promise<void> {
    const attempts = item.attempts + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
    return note(item.id, { attempts, nextAt: parts.now() + pause, trouble: troubleOf('waiting', problem) });
  }

  async function uploadFiles(item: QueuedCommand): Promise<string[]> {
    const db = await parts.store();
    const ids: string[] = [];
    for (const key of item.fileKeys) {
      const file = await db.get('files', key);
      if (!file) continue;
      if (file.uploadedId) {
        ids.push(file.uploadedId);
        continue;
      }
      const { id } = await parts
        .upload(file, (fraction) => parts.onProgress?.(key, fraction))
        .catch((error: unknown) => {
          if (!(error instanceof ApiProblem) || error.isTransient || error.status === 401) throw error;
          throw new ApiProblem({
            status: error.status,
            code: error.code,
            detail: `附件“${file.name}”：${error.detail}`,
          });
        });
      // Written at once: whatever happens next, the file is not sent a second time.
      await db.put('files', { ...file, uploadedId: id });
      ids.push(id);
    }
    return ids;
  }

  async function pass(force: ReadonlySet<string> | 'all' | undefined): Promise<void> {
    const person = parts.personId();
    if (!person) return;
    const blocked = new Set<string>();
    for (const item of await list()) {
      if (item.personId !== person) continue;
      const due = force === 'all' || force?.has(item.id) || item.nextAt <= parts.now();
      // Commands on one order keep their sequence: a contact refused must not be overtaken by the result.
      if (item.trouble?.kind === 'refused' || blocked.has(item.complaintId) || !due) {
        blocked.add(item.complaintId);
        continue;
      }
      if (!(await sendOne(item))) return;
      const left = await (await parts.store()).get('commands', item.id);
      if (left) blocked.add(item.complaintId);
    }
  }

  async function plan(): Promise<void> {
    clearTimeout(timer);
    const waiting = (await list()).filter(
      (item) => item.personId === parts.personId() && item.trouble?.kind !== 'refused',
    );
    if (waiting.length === 0) return;
    const next = Math.min(...waiting.map((item) => item.nextAt));
    timer = setTimeout(() => void flush(), Math.max(1_000, next - parts.now()));
  }

  /** Sends what is due, one after the other; with `force` also what still pauses. Never rejects because of an item. */
  function flush(force?: ReadonlySet<string> | 'all'): Promise<void> {
    const run = line.then(() => parts.alone(() => pass(force))).then(plan);
    line = run.catch(() => undefined);
    return run;
  }

  return {
    list,
    put,
    flush,
    /** Gives an item up with its files; only ever at a person's word. */
    discard: remove,
    get: async (id: string) => (await parts.store()).get('commands', id),
    /** Stores, then tries to send at once, and says how that went. It is safe in the store before anything is sent. */
    async perform(item: Parameters<typeof put>[0]): Promise<Outcome> {
      await put(item);
      await flush(new Set([item.id]));
      const left = await (await parts.store()).get('commands', item.id);
      if (!left) {
        const result = results.get(item.id);
        results.delete(item.id);
        if (result) return { state: 'sent', result };
      }
      const trouble = left?.trouble ?? {
        kind: 'waiting',
        status: 0,
        code: 'behind',
        detail: '同一诉件前一项尚未送出，将依次发送',
        errors: [],
      };
      return { state: trouble.kind, trouble };
    },
    stop: () => clearTimeout(timer),
  };
}

export type Queue = ReturnType<typeof createQueue>;

const troubleOf = (kind: Trouble['kind'], { status, code, detail, errors }: ApiProblem): Trouble => ({
  kind,
  status,
  code,
  // Of a form it is said that it keeps what was typed; here it is stored already.
  detail: status === 0 ? '没有信号，或连不上服务器' : detail,
  errors,
});
