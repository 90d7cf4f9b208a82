import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import { Ajv } from 'ajv';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { authenticate, forgetSessions } from './modules/identity/index.ts';
import { registerModules } from './modules.ts';
import type { Deps } from './platform/deps.ts';
import { Problem } from './platform/errors.ts';
import { type AnyEndpoint, authorize } from './platform/http/bind.ts';
import { addFormats } from './platform/http/formats.ts';
import { describeApi } from './platform/http/openapi.ts';
import { registerProblems } from './platform/http/problems.ts';
import { registerWeb } from './platform/http/web.ts';
import { registerObserve } from './platform/observe/index.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The same app in production and in tests. */
export async function buildApp(deps: Deps): Promise<FastifyInstance> {
  const { config } = deps;
  const app: FastifyInstance = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: 1024 * 1024,
    // Ids are looked up, not guessed from a client's header.
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200 },
  }) as unknown as FastifyInstance;
  app.decorateRequest('actor', null);
  const endpoints: AnyEndpoint[] = [];
  app.decorate('endpoints', endpoints);
  useValidators(app);
  registerProblems(app);
  registerObserve(app, deps);

  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        // Element Plus and ECharts set styles from script.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        ...(config.secureCookies ? {} : { upgradeInsecureRequests: null }),
      },
    },
    hsts: config.secureCookies,
  });
  await app.register(cookie);
  await app.register(multipart, { limits: { files: 1, fields: 20 } });
  await app.register(rateLimit, {
    global: true,
    // By address: a cookie can be made up. A bureau's people often share one.
    max: 6000,
    timeWindow: '1 minute',
    errorResponseBuilder: () => new Problem(429, 'too_many', '操作过于频繁，请稍后再试'),
  });

  await describeApi(app);
  await app.register(
    async (api) => {
      api.addHook('onRoute', (route) => {
        const endpoint = route.config?.endpoint;
        if (route.method === 'HEAD' || (Array.isArray(route.method) && route.method.includes('HEAD') && !endpoint))
          return;
        if (!endpoint?.access) throw new Error(`Route ${String(route.method)} ${route.url} declares no access`);
        endpoints.push(endpoint);
      });
      api.addHook('onRequest', async (request) => {
        guardCrossSite(request.method, request.headers, request.host);
        await authenticate(deps, request);
        authorize(request);
      });
      // Before the answer goes out: whoever was just locked out, moved or signed out is so from now on.
      api.addHook('onSend', async (request) => {
        const module = request.routeOptions.config.endpoint?.id.split('.')[0];
        if (!SAFE_METHODS.has(request.method) && (module === 'identity' || module === 'org')) forgetSessions(deps.db);
      });
      await registerModules(api, deps);
    },
    { prefix: '/api/v1' },
  );
  await registerWeb(app, deps);
  return app;
}

/**
 * CSRF defence in depth beside SameSite cookies: a browser says where a request comes from, and only our own pages may
 * change anything. Machine clients (no Origin, no Sec-Fetch-Site) carry no cookie and authenticate by signature.
 */
function guardCrossSite(method: string, headers: Record<string, string | string[] | undefined>, host: string): void {
  if (SAFE_METHODS.has(method)) return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem(403, 'cross_site', '拒绝来自其他网站的请求');
  const origin = headers.origin;
  if (typeof origin === 'string' && origin !== 'null' && new URL(origin).host !== host)
    throw new Problem(403, 'cross_site', '拒绝来自其他网站的请求');
}

/** Bodies are taken as they are: no coercion, unknown fields refused. Query strings and parameters are text, so numbers are read from it. */
function useValidators(app: FastifyInstance): void {
  const options = { removeAdditional: false, useDefaults: true, allErrors: true, strict: false } as const;
  const body = addFormats(new Ajv({ ...options, coerceTypes: false }));
  const text = addFormats(new Ajv({ ...options, coerceTypes: true }));
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? body : text).compile(schema as object));
}
