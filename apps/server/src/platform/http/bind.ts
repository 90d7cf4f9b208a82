import type { BodyOf, Endpoint, ParamsOf, QueryOf, ResponseOf } from '@bihuan/contract';
import { permits } from '@bihuan/domain/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestActor } from '../access/index.ts';
import { forbidden, Problem } from '../errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: any endpoint, whatever its schemas
export type AnyEndpoint = Endpoint<any, any, any, any>;

export interface Context<E> {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler gets: for a public endpoint there may be nobody signed in, otherwise there is an actor. */
export type Handler<E extends AnyEndpoint> = (
  context: Context<E> & { readonly actor: E['access'] extends 'public' ? RequestActor | null : RequestActor },
) => Promise<ResponseOf<E>>;

declare module 'fastify' {
  interface FastifyRequest {
    actor: RequestActor | null;
  }
  interface FastifyInstance {
    /** Every endpoint bound, for tests and documents made from the whole. */
    endpoints: AnyEndpoint[];
  }
  interface FastifyContextConfig {
    endpoint?: AnyEndpoint;
  }
}

/** Binds an endpoint of the contract to its handler: the only way a route of the API comes to be. */
export function bind<E extends AnyEndpoint>(app: FastifyInstance, definition: E, handler: Handler<E>): void {
  const response = definition.response;
  app.route({
    method: definition.method,
    url: definition.path,
    schema: {
      summary: definition.summary,
      operationId: definition.id,
      tags: [definition.id.split('.')[0]!],
      ...(definition.params ? { params: definition.params } : {}),
      ...(definition.query ? { querystring: definition.query } : {}),
      ...(definition.body ? { body: definition.body } : {}),
      ...(response ? { response: { 200: response } } : {}),
    },
    config: {
      endpoint: definition,
      ...(definition.rateLimit ? { rateLimit: limitOf(definition, definition.rateLimit) } : {}),
    },
    handler: async (request, reply) => {
      const result = await handler({
        params: request.params as ParamsOf<E>,
        query: request.query as QueryOf<E>,
        body: request.body as BodyOf<E>,
        request,
        reply,
        actor: request.actor as never,
      });
      // A stream or file has been sent by the handler itself.
      if (reply.sent) return reply;
      return result === undefined && !response ? reply.code(204).send() : result;
    },
  });
}

/** Strangers are counted by address, people by session: one who asks too much does not hold up the others of his office. */
function limitOf(definition: AnyEndpoint, max: number) {
  const timeWindow = '1 minute';
  if (definition.access === 'public') return { max, timeWindow };
  return {
    max,
    timeWindow,
    keyGenerator: (request: FastifyRequest) => `${request.ip} ${request.cookies.bihuan_session?.slice(0, 16) ?? ''}`,
  };
}

/** Lets a request pass only if its endpoint's declared access allows the actor. Runs before validation, so that strangers learn nothing. */
export function authorize(request: FastifyRequest): void {
  const definition = request.routeOptions.config.endpoint;
  if (!definition) throw forbidden('该地址未声明访问权限');
  if (definition.access === 'public') return;
  if (!request.actor) throw new Problem(401, 'not_signed_in', '请先登录');
  if (definition.access !== 'signed-in' && !permits(request.actor, definition.access)) throw forbidden();
}
