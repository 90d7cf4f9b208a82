/** A filter of a FilterBar; `key` is its name in the address and in the endpoint's query. */
export type FilterField =
  | {
      kind: 'one' | 'many';
      key: string;
      label: string;
      options: readonly { value: string; label: string }[];
      more?: boolean;
    }
  // `given`: set elsewhere and only to be taken away here.
  | { kind: 'flag' | 'text' | 'given'; key: string; label: string; more?: boolean }
  | { kind: 'days'; key: string; to: string; label: string; more?: boolean };

/** A view that the page offers by itself. */
export interface PresetView {
  name: string;
  query: Record<string, string>;
}

/** Options of a vocabulary whose values are words or have a `label`. */
export const optionsOf = (vocabulary: Record<string, string | { label: string }>) =>
  Object.entries(vocabulary).map(([value, word]) => ({ value, label: typeof word === 'string' ? word : word.label }));
