import { endpoint, Id, IdParams } from '@bihuan/contract';
import { Type } from 'typebox';

/** Multipart: fields `capturedAt`, `lng`, `lat` (each if known), then `file`. */
export const uploadFile = endpoint({
  id: 'file.upload',
  method: 'POST',
  path: '/files',
  access: 'complaint.read',
  summary: '上传证据文件',
  response: Type.Object({
    id: Id,
    name: Type.String(),
    mime: Type.String(),
    size: Type.Integer(),
    sha256: Type.String(),
  }),
});

/** The file itself; served only to whoever may see what it is attached to. */
export const getFile = endpoint({
  id: 'file.get',
  method: 'GET',
  path: '/files/:id',
  access: 'signed-in',
  summary: '下载文件',
  params: IdParams,
});
