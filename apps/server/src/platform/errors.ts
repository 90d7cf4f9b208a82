/** A refusal the caller can act on: an HTTP status, a stable code, and a sentence in Chinese (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Field errors or other facts the client may use. */
  readonly extra: Record<string, unknown>;

  constructor(status: number, code: string, detail: string, extra: Record<string, unknown> = {}) {
    super(`${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }
}

export interface FieldError {
  /** JSON pointer of the field, e.g. `/phone`. */
  field: string;
  message: string;
}

export const notFound = (what = '记录'): Problem =>
  new Problem(404, 'not_found', `${what}不存在，或不在您的查看范围内`);
export const forbidden = (detail = '您的岗位没有这项权限'): Problem => new Problem(403, 'forbidden', detail);
export const conflict = (code: string, detail: string, extra: Record<string, unknown> = {}): Problem =>
  new Problem(409, code, detail, extra);
export const invalid = (detail: string, errors: FieldError[] = []): Problem =>
  new Problem(400, 'invalid', detail, { errors });
export const staleVersion = (): Problem =>
  new Problem(412, 'stale_version', '这条记录刚被他人修改，请刷新后重试；您填写的内容仍在');
