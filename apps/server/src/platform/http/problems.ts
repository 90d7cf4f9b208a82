import type { FastifyInstance } from 'fastify';
import { type FieldError, Problem } from '../errors.ts';

interface AjvError {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
  message?: string;
}

/** Answers every failure as an RFC 9457 problem with a stable code and a Chinese sentence. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    const { status, code, detail, extra } = problem;
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: code, status, code, detail, ...extra, instance: request.id });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).type('application/problem+json').send({
      type: 'about:blank',
      title: 'not_found',
      status: 404,
      code: 'not_found',
      detail: '没有这个地址',
      instance: request.id,
    }),
  );
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const e = error as { validation?: AjvError[]; validationContext?: string; statusCode?: number; code?: string };
  if (e.validation) {
    const errors: FieldError[] = e.validation.map(fieldError);
    return new Problem(400, 'invalid', errors.map((item) => `${item.field || '请求'}：${item.message}`).join('；'), {
      errors,
    });
  }
  switch (e.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new Problem(413, 'too_large', '上传的内容超过大小限制');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem(415, 'unsupported_media_type', '不支持这种内容格式');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem(400, 'invalid', '请求内容不是有效的 JSON');
    // PostgreSQL
    case '22P02':
    case '22007':
    case '22008':
      return new Problem(400, 'invalid', '请求中有格式不对的值');
    case '23505':
      return new Problem(409, 'duplicate', '已有相同的记录');
    case '23503':
      return new Problem(409, 'referenced_missing', '所引用的记录不存在，或仍被引用');
    case '40001':
    case '40P01':
    case '55P03':
      return new Problem(409, 'try_again', '他人正在处理同一记录，请重试');
    case '57014':
      return new Problem(503, 'too_slow', '查询时间过长，请缩小范围后重试');
    case '57P01':
    case '57P03':
    case '08006':
    case '08001':
    case 'ECONNREFUSED':
      return new Problem(503, 'database_unavailable', '数据库暂不可用，请稍后重试；未保存的内容请勿关闭页面');
  }
  if (e.statusCode === 429) return new Problem(429, 'too_many', '操作过于频繁，请稍后再试');
  if (e.statusCode && e.statusCode >= 400 && e.statusCode < 500)
    return new Problem(e.statusCode, 'bad_request', '请求不符合要求');
  return new Problem(500, 'internal', '系统出错，已记录；请稍后重试');
}

function fieldError(error: AjvError): FieldError {
  const at = error.instancePath;
  const p = error.params;
  switch (error.keyword) {
    case 'required':
      return { field: `${at}/${String(p.missingProperty)}`, message: '必填' };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return { field: `${at}/${String(p.additionalProperty ?? p.unevaluatedProperty)}`, message: '不认识的字段' };
    case 'minLength':
      return { field: at, message: p.limit === 1 ? '不能为空' : `至少 ${String(p.limit)} 个字` };
    case 'maxLength':
      return { field: at, message: `最多 ${String(p.limit)} 个字` };
    case 'minimum':
      return { field: at, message: `不能小于 ${String(p.limit)}` };
    case 'maximum':
      return { field: at, message: `不能大于 ${String(p.limit)}` };
    case 'minItems':
      return { field: at, message: `至少 ${String(p.limit)} 项` };
    case 'maxItems':
      return { field: at, message: `最多 ${String(p.limit)} 项` };
    case 'enum':
    case 'const':
    case 'anyOf':
    case 'oneOf':
      return { field: at, message: '不在可选值之内' };
    case 'format':
    case 'pattern':
      return { field: at, message: '格式不对' };
    case 'type':
      return { field: at, message: '类型不对' };
    default:
      return { field: at, message: error.message ?? '不符合要求' };
  }
}
