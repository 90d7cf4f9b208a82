import { reactive } from 'vue';
import { ApiProblem, messageOf } from '../api/problem.ts';

/**
 * Errors of a form, at their fields. The server names a field by JSON pointer (`/command/result`); a form knows it by its
 * last name (`result`). What belongs to no field of the form is said above it.
 */
export function useFormErrors(fields: readonly string[]) {
  const state = reactive<{ byField: Record<string, string>; general: string[] }>({ byField: {}, general: [] });
  const clear = () => {
    state.byField = {};
    state.general = [];
  };
  return {
    state,
    clear,
    of: (field: string): string | undefined => state.byField[field],
    /** Refuses a field before anything is sent. */
    put(field: string, message: string) {
      state.byField[field] = message;
    },
    any: () => Object.keys(state.byField).length > 0 || state.general.length > 0,
    /** Spreads a refusal over the fields. */
    take(error: unknown) {
      clear();
      const errors = error instanceof ApiProblem ? error.errors : [];
      const name = (pointer: string) =>
        pointer
          .split(/[/.]/)
          .filter((part) => part !== '' && !/^\d+$/.test(part))
          .at(-1) ?? '';
      for (const { field, message } of errors) {
        if (fields.includes(name(field))) state.byField[name(field)] = message;
      }
      if (Object.keys(state.byField).length === 0) state.general = [messageOf(error)];
    },
  };
}
