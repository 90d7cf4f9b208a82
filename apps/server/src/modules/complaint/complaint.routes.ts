import {
  answerCitizenLink,
  batchComplaints,
  commandComplaint,
  complaintCounts,
  complaintReference,
  confirmCategory,
  createCitizenLink,
  createComplaint,
  exportComplaints as exportEndpoint,
  getComplaint,
  listComplaints,
  myWork,
  openCitizenLink,
  revealComplainant,
  suggestCategory,
} from '@bihuan/contract/complaint';
import type { Command } from '@bihuan/domain/complaint';
import { CONFIDENT } from '@bihuan/domain/dispatch';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { conflict } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { confirmGuess } from './category-model.service.ts';
import { answerLink, makeLink, openLink } from './citizen.service.ts';
import { executeBatch, executeCommand } from './command.service.ts';
import { getComplaintDetail } from './detail.query.ts';
import type { Dictionary } from './dictionary.query.ts';
import { exportComplaints } from './export.service.ts';
import { listComplaintPage } from './list.service.ts';
import { readReference } from './reference.query.ts';
import { registerComplaint } from './register.service.ts';
import { reveal } from './reveal.service.ts';
import { readCounts, readMyWork } from './work.query.ts';

export function bindComplaintRoutes(api: FastifyInstance, deps: Deps, dictionary: Dictionary): void {
  bind(api, listComplaints, ({ actor, query }) => listComplaintPage(deps, actor, query));
  bind(api, complaintCounts, ({ actor }) => readCounts(deps, actor));
  bind(api, complaintReference, ({ actor }) => readReference(deps.db, actor));
  bind(api, exportEndpoint, async ({ actor, query, reply }) => {
    await exportComplaints(deps, actor, query, reply);
    return undefined;
  });
  bind(api, myWork, ({ actor, query }) => readMyWork(deps, actor, query.task, query.limit ?? 100));
  bind(api, createComplaint, ({ actor, body }) => registerComplaint(deps, dictionary, actor, body));
  bind(api, getComplaint, ({ actor, params }) => getComplaintDetail(deps, dictionary, actor, params.id));
  bind(api, commandComplaint, ({ actor, params, body }) =>
    executeCommand(deps, actor, params.id, {
      commandId: body.commandId,
      ifVersion: body.ifVersion,
      command: body.command as Command,
    }),
  );
  bind(api, batchComplaints, async ({ actor, body }) => {
    const { command } = body;
    const commandFor = async (id: string): Promise<Command> => {
      if (command.action !== 'dispatch_suggested') return command;
      // Read in the actor's scope, like the detail page that would show the suggestion.
      const { suggestion } = await getComplaintDetail(deps, dictionary, actor, id);
      if (!suggestion || suggestion.confidence < CONFIDENT)
        throw conflict('no_suggestion', '派单依据不足，请人工选择中队');
      return { action: 'dispatch', unitId: suggestion.unit.id };
    };
    return { results: await executeBatch(deps, actor, body.ids, body.commandId, commandFor) };
  });
  bind(api, suggestCategory, async ({ body }) => {
    const suggestions = await dictionary.suggestCategories(body.title, body.content);
    return {
      suggestions: suggestions.map(({ code, name, confidence, sure }) => ({ code, name, confidence, sure })),
    };
  });
  bind(api, confirmCategory, ({ actor, params, body }) => confirmGuess(deps, actor, params.id, body));
  bind(api, revealComplainant, ({ actor, params, body }) => reveal(deps, actor, params.id, body.reason));
  bind(api, createCitizenLink, ({ actor, params }) => makeLink(deps, actor, params.id));
  bind(api, openCitizenLink, ({ params }) => openLink(deps, params.token));
  bind(api, answerCitizenLink, ({ params, body, request }) => answerLink(deps, params.token, body, request.ip));
}
