import type { BodyOf, Endpoint, ParamsOf, QueryOf, ResponseOf } from '@bihuan/contract';
import { ApiProblem, networkProblem, problemOf, unreadableFile } from './problem.ts';

export { ApiProblem, messageOf } from './problem.ts';

// biome-ignore lint/suspicious/noExplicitAny: any endpoint, whatever its schemas
type AnyEndpoint = Endpoint<any, any, any, any>;

type Field<Name extends string, T> = [T] extends [undefined] ? { [K in Name]?: undefined } : { [K in Name]: T };
type QueryField<T> = [T] extends [undefined] ? { query?: undefined } : object extends T ? { query?: T } : { query: T };

/** What `call` takes for an endpoint: its parameters, query and body, each only where the contract has one. */
export type CallInput<E> = Field<'params', ParamsOf<E>> & QueryField<QueryOf<E>> & Field<'body', BodyOf<E>>;
type CallArgs<E> =
  object extends CallInput<E>
    ? [input?: CallInput<E>, options?: CallOptions]
    : [input: CallInput<E>, options?: CallOptions];

export interface CallOptions {
  signal?: AbortSignal;
  /** Do not ask to sign in again on 401 (the first look at the session). */
  quiet?: boolean;
}

const BASE = '/api/v1';
const TIMEOUT_MS = 60_000;

let onSignedOut: (() => void) | undefined;
/** Called once by the session: what happens when the server no longer knows us. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** Address of an endpoint, for links, downloads and images. */
export function urlOf<E extends AnyEndpoint>(endpoint: E, ...[input]: CallArgs<E>): string {
  const params = (input?.params ?? {}) as Record<string, unknown>;
  const path = endpoint.path.replace(/:(\w+)/g, (_match, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries((input?.query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  return `${BASE}${path}${search.size > 0 ? `?${search}` : ''}`;
}

/**
 * Calls an endpoint of the contract.
 * @returns the endpoint's response; `undefined` when it has none
 * @throws ApiProblem for every refusal, failure and lost connection
 */
export async function call<E extends AnyEndpoint>(endpoint: E, ...args: CallArgs<E>): Promise<ResponseOf<E>> {
  const [input, options = {}] = args;
  const body = input?.body;
  const response = await send(
    urlOf(endpoint, ...args),
    {
      method: endpoint.method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    },
    options,
  );
  if (response.status === 204) return undefined as ResponseOf<E>;
  return (await response.json().catch(() => {
    throw networkProblem();
  })) as ResponseOf<E>;
}

async function send(url: string, init: RequestInit, { signal, quiet }: CallOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      credentials: 'same-origin',
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw networkProblem();
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && !quiet) onSignedOut?.();
  throw problem;
}

/** Fetches a file and offers it for saving under the name the server gives. */
export async function download<E extends AnyEndpoint>(endpoint: E, ...args: CallArgs<E>): Promise<void> {
  const response = await send(urlOf(endpoint, ...args), {}, args[1] ?? {});
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileNameOf(response.headers.get('content-disposition'));
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fileNameOf(disposition: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? '下载';
}

const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/**
 * Sends a form with a file. Uses XMLHttpRequest because `fetch` tells nothing of an upload's progress.
 * @throws ApiProblem
 */
export async function upload<E extends AnyEndpoint>(
  endpoint: E,
  input: Omit<CallInput<E>, 'body'>,
  form: FormData,
  options: { onProgress?: (fraction: number) => void; signal?: AbortSignal } = {},
): Promise<ResponseOf<E>> {
  // A file moved, changed or locked since it was chosen would look like a lost connection.
  for (const value of form.values()) {
    if (value instanceof File && !(await isReadable(value))) throw unreadableFile(value.name);
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(endpoint.method, urlOf(endpoint, ...([input] as unknown as CallArgs<E>)));
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (event) => event.lengthComputable && options.onProgress?.(event.loaded / event.total);
    request.onerror = () => reject(networkProblem());
    request.ontimeout = () => reject(networkProblem());
    request.onabort = () => reject(networkProblem());
    request.onload = async () => {
      const response = new Response(request.status === 204 ? null : request.responseText, { status: request.status });
      if (response.ok) return resolve((await response.json().catch(() => undefined)) as ResponseOf<E>);
      const problem = await problemOf(response);
      if (problem.status === 401) onSignedOut?.();
      reject(problem);
    };
    options.signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

export const isProblem = (error: unknown, ...codes: string[]): error is ApiProblem =>
  error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.code));
