/** A column of a DataList. On the phone the first column is the card's heading and the others are its lines. */
export interface Column<T> {
  key: string;
  label: string;
  /** Plain text of the cell; a slot `cell-<key>` may show it otherwise. */
  value: (item: T) => string;
  width?: string;
  align?: 'right';
  /** Hidden until chosen. */
  optional?: boolean;
  /** Cannot be hidden. */
  always?: boolean;
  /** Name by which the server sorts; absent = cannot be sorted by it. */
  sort?: string;
}
