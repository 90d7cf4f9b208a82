import { ref } from 'vue';
import { ApiProblem } from '../../api/client.ts';
import { newId } from '../../ui/id.ts';
import { done, failed } from '../../ui/message.ts';
import type { useFormErrors } from '../../ui/useFormErrors.ts';

type Work = (commandId: string) => Promise<unknown>;

/**
 * Sending of a record's form. One command id until it has been carried out. When somebody else has changed the record
 * meanwhile, it is loaded again beneath what was typed, which stays and is what the next 保存 keeps.
 */
export function useRecordForm(errors: ReturnType<typeof useFormErrors>, refresh: () => Promise<unknown>) {
  const busy = ref(false);
  const overtaken = ref(false);
  let commandId = newId();
  async function run(work: Work, fail: (error: unknown) => void): Promise<boolean> {
    busy.value = true;
    try {
      // `false`: the person thought better of it.
      if ((await work(commandId)) === false) return false;
      commandId = newId();
      overtaken.value = false;
      done('已保存');
      await refresh();
      return true;
    } catch (error) {
      // Refused: nothing was done under this id, and what is sent next is another command.
      if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) commandId = newId();
      if (error instanceof ApiProblem && error.code === 'stale_version') {
        overtaken.value = true;
        await refresh();
      }
      fail(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return {
    busy,
    overtaken,
    send: (work: Work) => run(work, errors.take),
    /** For what has no fields of its own: the refusal is said briefly. */
    act: (work: Work) => run(work, failed),
  };
}
