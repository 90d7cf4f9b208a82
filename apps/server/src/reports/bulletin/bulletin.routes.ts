import * as contract from '@bihuan/contract/bulletin';
import { type BulletinText, textProblems } from '@bihuan/domain/bulletin';
import { dateAt } from '@bihuan/domain/workday';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { renderHtml } from '../../platform/documents/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { beginBulletin } from './begin.service.ts';
import { type BulletinRow, findBulletin } from './bulletin.repo.ts';
import { changesOf } from './changes.query.ts';
import { executeBulletin, visible } from './command.service.ts';
import { bulletinDocument } from './document.ts';
import { type BulletinFormat, bulletinFile, FORMATS, fileName } from './files.service.ts';
import { currentLetterhead } from './letterhead.query.ts';
import { changeLetterhead } from './letterhead.service.ts';
import { ordersBehind } from './orders.query.ts';
import { sourceOf } from './source.service.ts';
import { listItems, viewBulletin } from './view.query.ts';

export function bindBulletinRoutes(api: FastifyInstance, deps: Deps): void {
  const { db } = deps;
  const find = async (actor: RequestActor, id: string): Promise<BulletinRow> =>
    visible(await findBulletin(db, id), actor);

  bind(api, contract.listBulletins, ({ actor, query }) =>
    listItems(db, actor, query, { after: query.after ?? null, limit: query.limit ?? 30 }),
  );
  bind(api, contract.readLetterhead, () => currentLetterhead(db, dateAt(deps.clock.now())));
  bind(api, contract.saveLetterhead, ({ actor, body }) => changeLetterhead(deps, actor, body));
  bind(api, contract.readBulletin, async ({ actor, params }) => viewBulletin(db, actor, await find(actor, params.id)));
  bind(api, contract.createBulletin, ({ actor, body }) => beginBulletin(deps, actor, body));
  bind(api, contract.editBulletin, async ({ actor, params, body }) => {
    const { commandId, version, ...text } = body;
    const done = await executeBulletin(deps, actor, params.id, {
      commandId,
      version,
      command: { action: 'edit', ...text },
    });
    return { version: done.version };
  });
  bind(api, contract.commandBulletin, ({ actor, params, body }) => executeBulletin(deps, actor, params.id, body));
  bind(api, contract.previewBulletin, async ({ actor, params, body }) => {
    const source = await sourceOf(db, await find(actor, params.id), body as BulletinText);
    return {
      html: renderHtml(bulletinDocument(source)),
      problems: textProblems(body, new Set(source.book.figures.keys())),
    };
  });
  bind(api, contract.bulletinOrders, async ({ actor, params, query }) => {
    const { id } = await find(actor, params.id);
    return ordersBehind(db, actor, {
      bulletinId: id,
      key: params.key,
      part: query.part ?? 'denominator',
      after: query.after ?? null,
      limit: query.limit ?? 50,
    });
  });
  bind(api, contract.compareBulletins, async ({ actor, params }) => changesOf(db, await find(actor, params.id)));

  const send = async (reply: FastifyReply, row: BulletinRow, format: BulletinFormat): Promise<never> => {
    const content = await bulletinFile(deps, row, format);
    const way = format === 'html' ? 'inline' : 'attachment';
    await reply
      .header('content-type', FORMATS[format])
      .header('content-disposition', `${way}; filename*=UTF-8''${encodeURIComponent(fileName(row, format))}`)
      .header('cache-control', 'private, no-cache')
      .send(Buffer.from(content));
    return undefined as never;
  };
  bind(api, contract.bulletinDocx, async ({ actor, params, reply }) =>
    send(reply, await find(actor, params.id), 'docx'),
  );
  bind(api, contract.bulletinPdf, async ({ actor, params, reply }) => send(reply, await find(actor, params.id), 'pdf'));
  bind(api, contract.bulletinHtml, async ({ actor, params, reply }) =>
    send(reply, await find(actor, params.id), 'html'),
  );
}
