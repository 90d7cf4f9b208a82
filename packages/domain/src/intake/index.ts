export { type Cell, cellText, type SheetRow, serialText } from './cell.ts';
export { type DateCode, type DateOptions, type DateOrder, type DateResult, parseDateTime } from './dates.ts';
export { FIELD_KEYS, type FieldKey, type FieldType, TARGET_FIELDS, type TargetField } from './fields.ts';
export { type Column, detectHeader, type Header, headerSignature, rowKind } from './header.ts';
export {
  type ColumnMapping,
  missingFields,
  type ProposedColumn,
  type ProposedMapping,
  proposeMapping,
} from './mapping.ts';
export { isIdNumber, type Masked, maskPersonal, type PersonalItem, type PersonalKind } from './mask.ts';
export { normalisePhone, type Phone } from './phone.ts';
export {
  CONTENT_LIMIT,
  deriveTitle,
  type IntakeRow,
  parseRow,
  type RowIssue,
  type RowOptions,
  type RowResult,
  rowFingerprint,
  TITLE_LIMIT,
} from './row.ts';
export { cleanBlock, cleanLine, clip, toHalfWidth } from './text.ts';
