export type { Delimiter, Encoding } from './csv-read.ts';
export { SHEET_ERRORS, SheetError, type SheetErrorCode } from './errors.ts';
export { type OpenedSheet, type OpenOptions, openSheet } from './open-sheet.ts';
export { type SheetColumn, type SheetContent, writeCsv, writeSheet } from './write-sheet.ts';
