import type { UploadedFile } from '@bihuan/contract/file';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Captured, Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

/** Takes the one file of a multipart request. @throws Problem too_large | unsupported_file | empty_file | upload_damaged | invalid */
export async function receiveEvidence(
  deps: Deps,
  actor: RequestActor,
  request: FastifyRequest,
  maxBytes: number,
): Promise<UploadedFile> {
  if (!request.isMultipart()) throw invalid('请以表单方式上传文件');
  // One byte more than allowed is let in, so that the store can say by how much a file may be large.
  const part = await request.file({ limits: { fileSize: maxBytes + 1 } });
  if (!part) throw invalid('请选择要上传的文件', [{ field: '/file', message: '必填' }]);
  const captured = capturedFrom(part);
  const stored = await deps.files.put({
    stream: part.file,
    name: part.filename,
    purpose: 'evidence',
    maxBytes,
    createdBy: actor.personId,
    captured,
  });
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'file.upload',
    objectType: 'file',
    objectId: stored.id,
    data: {
      sha256: stored.sha256,
      size: stored.size,
      mime: stored.mime,
      hashFromDevice: captured.sha256 !== undefined,
    },
  });
  return stored;
}

/** Where and when the device says it was recorded, and with what hash; half a position is no position. */
function capturedFrom({ fields }: MultipartFile): Captured {
  const text = (name: string): string => {
    const field = fields[name];
    return field && !Array.isArray(field) && field.type === 'field' ? String(field.value) : '';
  };
  const captured: { -readonly [K in keyof Captured]: Captured[K] } = {};
  const capturedAt = text('capturedAt');
  if (capturedAt) {
    const at = Date.parse(capturedAt);
    if (Number.isNaN(at)) throw invalid('拍摄时间格式不对', [{ field: '/capturedAt', message: '格式不对' }]);
    captured.at = new Date(at);
  }
  if (text('lng') || text('lat')) {
    const [lng, lat] = [Number(text('lng') || Number.NaN), Number(text('lat') || Number.NaN)];
    if (!(Math.abs(lng) <= 180 && Math.abs(lat) <= 90)) {
      throw invalid('拍摄位置格式不对', [{ field: '/lng', message: '经纬度应成对给出，单位为度' }]);
    }
    Object.assign(captured, { lng, lat });
  }
  const sha256 = text('sha256').toLowerCase();
  if (sha256) {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw invalid('照片校验值格式不对', [{ field: '/sha256', message: '应为 64 位十六进制的 SHA-256' }]);
    captured.sha256 = sha256;
  }
  return captured;
}
