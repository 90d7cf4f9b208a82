import * as contract from '@bihuan/contract/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { recordAudit } from '../../platform/audit/index.ts';
import { tokenHash } from '../../platform/crypto/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { accountPage } from './account.repo.ts';
import * as accounts from './account.service.ts';
import { openAccount } from './create-account.service.ts';
import * as secondFactor from './second-factor.service.ts';
import { SESSION_COOKIE, sessionPage } from './session.repo.ts';
import { sessionView } from './session-view.ts';
import { setSessionCookie, signIn } from './sign-in.service.ts';
import { dropView, saveView, viewsOf } from './views.service.ts';

/** Of one account, on one page. */
const MOST_OWN_SESSIONS = 100;

export function bindIdentityRoutes(api: FastifyInstance, deps: Deps): void {
  const view = (request: FastifyRequest, token = request.cookies[SESSION_COOKIE]) =>
    sessionView(deps, token, request.ip);

  bind(api, contract.getSession, ({ request }) => view(request));
  bind(api, contract.signIn, async ({ body, request, reply }) => {
    const token = await signIn(deps, body.username, body.password, {
      ip: request.ip,
      userAgent: request.headers['user-agent'] ?? null,
    });
    setSessionCookie(deps, reply, token);
    return view(request, token);
  });
  bind(api, contract.signOut, async ({ request, reply }) => {
    const token = request.cookies[SESSION_COOKIE];
    if (token) {
      const now = deps.clock.now();
      await deps.db.transaction(async (trx) => {
        const [ended] = await trx.query<{ account_id: string }>(
          'session.sign_out',
          'update session set revoked_at = $2 where token_hash = $1 and revoked_at is null returning account_id',
          [tokenHash(token), new Date(now)],
        );
        if (ended)
          await recordAudit(trx, {
            at: now,
            actor: null,
            action: 'identity.sign_out',
            objectType: 'account',
            objectId: ended.account_id,
            ip: request.ip,
          });
      });
    }
    reply.clearCookie(SESSION_COOKIE, { path: '/' });
    return undefined;
  });
  bind(api, contract.changePassword, async ({ actor, body, request }) => {
    await accounts.changePassword(deps, actor, body.current, body.next);
    return view(request);
  });
  bind(api, contract.switchPosting, async ({ actor, body, request }) => {
    await accounts.switchPosting(deps, actor, body.postingId);
    return view(request);
  });

  bind(api, contract.enrolSecondFactor, ({ actor, body }) => secondFactor.enrol(deps, actor, body.password));
  bind(api, contract.confirmSecondFactor, async ({ actor, body, request }) => {
    await secondFactor.confirmEnrolment(deps, actor, body.code);
    return view(request);
  });
  bind(api, contract.verifySecondFactor, async ({ actor, body, request }) => {
    await secondFactor.verifyAtSignIn(deps, actor, body.code);
    return view(request);
  });

  bind(api, contract.listMySessions, async ({ actor }) => {
    const own = { accountId: actor.accountId, currentId: actor.sessionId };
    return (await sessionPage(deps.db, deps.clock.now(), own, { limit: MOST_OWN_SESSIONS })).items;
  });
  bind(api, contract.revokeMySession, async ({ actor, params }) => {
    await accounts.revokeSession(deps, actor, params.id, actor.accountId);
    return undefined;
  });
  bind(api, contract.listMyViews, ({ actor, query }) => viewsOf(deps.db, actor, query.list));
  bind(api, contract.saveMyView, ({ actor, body }) => saveView(deps.db, actor, body));
  bind(api, contract.dropMyView, async ({ actor, params }) => {
    await dropView(deps.db, actor, params.id);
    return undefined;
  });
  bind(api, contract.listSessions, ({ actor, query }) =>
    sessionPage(deps.db, deps.clock.now(), { q: query.q, currentId: actor.sessionId }, query),
  );
  bind(api, contract.revokeSession, async ({ actor, params }) => {
    await accounts.revokeSession(deps, actor, params.id, null);
    return undefined;
  });

  bind(api, contract.listAccounts, ({ query }) => accountPage(deps.db, deps.clock.now(), query, query));
  bind(api, contract.listLockedAccounts, ({ query }) =>
    accountPage(deps.db, deps.clock.now(), { only: 'locked' }, query),
  );
  bind(api, contract.listBoundAccounts, ({ query }) =>
    accountPage(deps.db, deps.clock.now(), { only: 'bound' }, query),
  );
  bind(api, contract.listWantedPasswords, ({ query }) =>
    accountPage(deps.db, deps.clock.now(), { only: 'wanted' }, query),
  );
  bind(api, contract.openAccount, ({ actor, body }) => openAccount(deps, actor, body));
  bind(api, contract.requestPassword, async ({ actor, params, body }) => {
    await accounts.requestPassword(deps, actor, params.id, body.reason);
    return undefined;
  });
  bind(api, contract.issuePassword, ({ actor, params }) => accounts.issuePassword(deps, actor, params.id));
  bind(api, contract.setAccountDisabled, async ({ actor, params, body }) => {
    await accounts.setDisabled(deps, actor, params.id, body.disabled, body.reason);
    return undefined;
  });
  bind(api, contract.unlockAccount, async ({ actor, params }) => {
    await accounts.unlock(deps, actor, params.id);
    return undefined;
  });
  bind(api, contract.resetSecondFactor, async ({ actor, params }) => {
    await accounts.resetSecondFactor(deps, actor, params.id);
    return undefined;
  });
}
