import type { Permission } from '@bihuan/domain/access';
import type { Static, TSchema } from 'typebox';

/** Who may call an endpoint: one permission, any signed-in person, or anyone at all. */
export type Access = Permission | 'signed-in' | 'public';

export interface Endpoint<
  Params extends TSchema | undefined = TSchema | undefined,
  Query extends TSchema | undefined = TSchema | undefined,
  Body extends TSchema | undefined = TSchema | undefined,
  Response extends TSchema | undefined = TSchema | undefined,
> {
  /** Stable operation id, e.g. `complaint.list`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below `/api/v1`, with Fastify parameters: `/complaints/:id`. */
  readonly path: `/${string}`;
  readonly access: Access;
  /** One line in Chinese: what it is for; shown in the OpenAPI document. */
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** JSON of a 200 answer. Absent: the endpoint answers with a file, a stream or nothing. */
  readonly response?: Response;
  /** Requests a minute from one address, where the general limit is too generous. */
  readonly rateLimit?: number;
}

/** Declares an endpoint; both the server's binding and the web client take their types from it. */
export function endpoint<
  Params extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Body extends TSchema | undefined = undefined,
  Response extends TSchema | undefined = undefined,
>(definition: Endpoint<Params, Query, Body, Response>): Endpoint<Params, Query, Body, Response> {
  return definition;
}

type StaticOr<S, Fallback> = S extends TSchema ? Static<S> : Fallback;
export type ParamsOf<E> = E extends Endpoint<infer P, infer _Q, infer _B, infer _R> ? StaticOr<P, undefined> : never;
export type QueryOf<E> = E extends Endpoint<infer _P, infer Q, infer _B, infer _R> ? StaticOr<Q, undefined> : never;
export type BodyOf<E> = E extends Endpoint<infer _P, infer _Q, infer B, infer _R> ? StaticOr<B, undefined> : never;
export type ResponseOf<E> = E extends Endpoint<infer _P, infer _Q, infer _B, infer R> ? StaticOr<R, undefined> : never;
