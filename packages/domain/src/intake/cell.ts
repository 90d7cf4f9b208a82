/**
 * One value as a spreadsheet holds it. `serial` is a date cell: days since 1899-12-30 (Excel's 1900 system), with the
 * time of day as the fraction, in the local time of whoever typed it. A reader normalises 1904 workbooks to it.
 */
export type Cell = string | number | boolean | { readonly serial: number } | null;

export interface SheetRow {
  /** 1-based, as the spreadsheet program shows it. */
  readonly rowNumber: number;
  readonly cells: readonly Cell[];
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** `YYYY-MM-DD HH:mm:ss` of a date serial, without the time when it is midnight. */
export function serialText(serial: number): string {
  const at = new Date(Math.round((serial - 25_569) * 86_400) * 1000);
  if (Number.isNaN(at.getTime())) return String(serial);
  const day = `${pad(at.getUTCFullYear(), 4)}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
  const time = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
  return time === '00:00:00' ? day : `${day} ${time}`;
}

/** What the cell says, uncleaned; empty for an empty cell. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? '是' : '否';
  return serialText(cell.serial);
}
