export {
  checkOwnFiles,
  holdsRole,
  nextRecordNumber,
  openUnit,
  type RecordKind,
  servesIn,
  unitsOfRoles,
} from './records.repo.ts';
