/** What a person has filled in, by the names of the command's own fields, so that an error of the server finds its field. */
export type Filled = Record<string, string | string[] | boolean>;
export interface Option {
  readonly value: string;
  readonly label: string;
}
type When = (filled: Filled) => boolean;

interface Common {
  readonly name: string;
  readonly label: string;
  readonly required?: boolean | When;
  readonly hint?: string;
  /** On screen only while this holds. */
  readonly when?: When;
}
/** One field of a form, described; `CommandForm` draws it. */
export type CommandField = Common &
  (
    | { readonly as: 'text'; readonly rows?: number; readonly max?: number }
    | { readonly as: 'line'; readonly max?: number }
    | { readonly as: 'number'; readonly min: number; readonly max: number }
    | { readonly as: 'day' }
    /** One of few, all on screen. */
    | { readonly as: 'choice'; readonly options: readonly Option[] }
    /** One of many, in a list. */
    | { readonly as: 'pick'; readonly options: readonly Option[]; readonly none?: string }
    /** Any of many, as boxes to tick. */
    | { readonly as: 'picks'; readonly options: readonly Option[] }
    | { readonly as: 'tick' }
    /** Photos and papers; their ids come separately when the form is sent. */
    | { readonly as: 'files' }
  );

const LONGEST = 2000;

export function emptyFilled(fields: readonly CommandField[], initial: Filled = {}): Filled {
  return Object.fromEntries(
    fields.map(({ name, as }) => [
      name,
      initial[name] ?? (as === 'picks' || as === 'files' ? [] : as === 'tick' ? false : ''),
    ]),
  );
}

export const shownFields = (fields: readonly CommandField[], filled: Filled): CommandField[] =>
  fields.filter(({ when }) => !when || when(filled));
export const isRequired = ({ required }: CommandField, filled: Filled): boolean =>
  typeof required === 'function' ? required(filled) : required === true;

/** What is missing or too much, in words, before anything is sent. */
export function problemsOf(fields: readonly CommandField[], filled: Filled): { name: string; message: string }[] {
  return shownFields(fields, filled).flatMap((field) => {
    const problem = problemOf(field, filled);
    return problem ? [{ name: field.name, message: problem }] : [];
  });
}

function problemOf(field: CommandField, filled: Filled): string | null {
  const value = filled[field.name];
  const empty = Array.isArray(value) ? value.length === 0 : typeof value === 'string' && value.trim() === '';
  if (empty) {
    if (!isRequired(field, filled)) return null;
    if (field.as === 'files') return '请上传照片或文件';
    return `请${['choice', 'pick', 'picks', 'day'].includes(field.as) ? '选择' : '填写'}${field.label}`;
  }
  if (field.as === 'text' || field.as === 'line') {
    const max = field.max ?? LONGEST;
    const { length } = String(value);
    if (length > max) return `最多 ${max} 个字，现有 ${length} 个`;
    if (isRequired(field, filled) && String(value).trim().length < 2) return '至少写两个字';
  }
  if (field.as === 'number') {
    const number = Number(value);
    if (!Number.isInteger(number) || number < field.min || number > field.max)
      return `应为 ${field.min} 至 ${field.max} 的整数`;
  }
  return null;
}

/** Text as written, or nothing at all. */
export const textOf = (value: Filled[string] | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
export const optionsFrom = (words: Readonly<Record<string, string>>): Option[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }));
export const optionsOfRefs = (refs: readonly { id: string; name: string }[] | undefined): Option[] =>
  (refs ?? []).map(({ id, name }) => ({ value: id, label: name }));
