import * as contract from '@bihuan/contract/org';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import * as grants from './grant.service.ts';
import { importPeople } from './import.service.ts';
import { personNames, unitNames } from './names.query.ts';
import { peoplePage } from './person.repo.ts';
import * as people from './person.service.ts';
import { grantViews } from './posting.repo.ts';
import { unitItems } from './unit.repo.ts';
import * as units from './unit.service.ts';

export function bindOrgRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, contract.listUnitNames, () => unitNames(deps.db));
  bind(api, contract.listPersonNames, ({ query }) => personNames(deps.db, query));

  bind(api, contract.listUnits, ({ query }) => unitItems(deps.db, query.closed ?? false));
  bind(api, contract.createUnit, ({ actor, body }) => units.createUnit(deps, actor, body));
  bind(api, contract.updateUnit, ({ actor, params, body }) => units.updateUnit(deps, actor, params.id, body));
  bind(api, contract.setUnitClosed, ({ actor, params, body }) => units.setUnitClosed(deps, actor, params.id, body));

  bind(api, contract.listPeople, ({ query: { after, limit, ...filter } }) =>
    peoplePage(deps.db, filter, after, limit ?? 50),
  );
  bind(api, contract.getPerson, ({ params }) => people.personDetail(deps, params.id));
  bind(api, contract.createPerson, ({ actor, body }) => people.createPerson(deps, actor, body));
  bind(api, contract.updatePerson, ({ actor, params, body }) => people.updatePerson(deps, actor, params.id, body));
  bind(api, contract.setPersonLeft, ({ actor, params, body }) => people.setPersonLeft(deps, actor, params.id, body));

  bind(api, contract.importPeople, ({ actor, request, query }) =>
    importPeople(deps, actor, request, query.write ?? false),
  );

  bind(api, contract.proposePost, ({ actor, params, body }) => grants.proposePost(deps, actor, params.id, body));
  bind(api, contract.withdrawGrant, async ({ actor, params }) => {
    await grants.withdrawGrant(deps, actor, params.id);
    return undefined;
  });
  bind(api, contract.endPosting, async ({ actor, params, body }) => {
    await people.endPosting(deps, actor, params.id, body.reason);
    return undefined;
  });
  bind(api, contract.listGrants, ({ query }) => grantViews(deps.db, { decided: query.decided ?? false }));
  bind(api, contract.decideGrant, async ({ actor, params, body }) => {
    await grants.decideGrant(deps, actor, params.id, body);
    return undefined;
  });
}
