import { type Static, Type } from 'typebox';
import { endpoint, Id, IdParams } from '../index.ts';

/** Largest evidence file, bytes: a minute of phone video. */
export const EVIDENCE_LIMIT = 50 * 1024 * 1024;

export const UploadedFile = Type.Object({
  id: Id,
  name: Type.String(),
  mime: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
});
export type UploadedFile = Static<typeof UploadedFile>;

/**
 * Body: `multipart/form-data` with one `file`, and before it optional fields `capturedAt` (instant), `lng`, `lat` (degrees) and
 * `sha256` (hex) as the device recorded them. A content that differs from the device's hash is refused with 422
 * `upload_damaged`: sent again, it may arrive whole.
 */
export const uploadFile = endpoint({
  id: 'file.upload',
  method: 'POST',
  path: '/files',
  access: 'complaint.read',
  summary: '上传证据材料',
  response: UploadedFile,
  rateLimit: 120,
});

export const downloadFile = endpoint({
  id: 'file.download',
  method: 'GET',
  path: '/files/:id',
  access: 'signed-in',
  summary: '下载本人上传的，或自己看得到的诉件所附的文件',
  params: IdParams,
});
