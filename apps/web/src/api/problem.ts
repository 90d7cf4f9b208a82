import type { ProblemBody } from '@bihuan/contract';

/** Refused as it came, not for what it says; `upload_damaged`: it arrived other than the device had it. */
const SEND_AGAIN = new Set(['try_again', 'upload_damaged']);

/** A refused or failed request. `detail` is Chinese and fit to be shown; `status` 0 means that no answer came. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { field: string; message: string }[];

  constructor(body: Pick<ProblemBody, 'status' | 'code' | 'detail' | 'errors'>) {
    super(body.detail);
    this.name = 'ApiProblem';
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail;
    this.errors = body.errors ?? [];
  }

  /** No answer came: nobody knows whether the server carried it out. */
  get isNetwork(): boolean {
    return this.status === 0;
  }

  /** Sent again unchanged, it may well succeed. */
  get isTransient(): boolean {
    return (
      this.status === 0 || this.status >= 500 || this.status === 429 || this.status === 408 || SEND_AGAIN.has(this.code)
    );
  }
}

export const networkProblem = (): ApiProblem =>
  new ApiProblem({ status: 0, code: 'network', detail: '连接不上服务器，请检查网络后重试；已填写的内容仍在' });

export const unreadableFile = (name: string): ApiProblem =>
  new ApiProblem({
    status: 400,
    code: 'file_unreadable',
    detail: `读不到“${name}”，可能已被移动、修改或正被其他程序占用，请重新选择文件`,
  });

const FALLBACKS: Record<number, string> = {
  401: '登录已失效，请重新登录',
  403: '您的岗位没有这项权限',
  404: '没有找到，或不在您的查看范围内',
  409: '内容已被他人更改，请刷新后再试',
  412: '您打开后，他人已更改过这条记录',
  413: '上传的内容超过大小限制',
  429: '操作过于频繁，请稍后再试',
};

/** What a failed response says; a proxy's HTML page is put into our own words. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => null)) as Partial<ProblemBody> | null;
  return new ApiProblem({
    status: response.status,
    code: body?.code ?? 'unknown',
    detail:
      body?.detail ??
      FALLBACKS[response.status] ??
      (response.status >= 500
        ? '服务器暂时不可用，请稍后重试；已填写的内容仍在'
        : `请求未被接受（${response.status}）`),
    ...(body?.errors ? { errors: body.errors } : {}),
  });
}

/** Text of any thrown thing, for a message on screen. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.detail;
  console.error(error);
  return '页面出错，请刷新后重试；已填写的内容仍在';
}
