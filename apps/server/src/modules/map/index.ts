import {
  changeMapSettings,
  importBoundaries,
  mapBase,
  mapTile,
  mapTileFile,
  placeCorrections,
  readMapSettings,
  removeBoundaries,
} from '@bihuan/contract/map';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { corrections, dropBoundaries, receiveBoundaries } from './boundary.service.ts';
import { changeBase, readBase, showSettings } from './setting.service.ts';
import { sendTile, sendTileFile } from './tile.service.ts';

/** 地图: what every map is drawn on. The orders on it are counted in `reports/map`. */
export function registerMap(api: FastifyInstance, deps: Deps): void {
  bind(api, mapBase, () => readBase(deps));
  bind(api, readMapSettings, () => showSettings(deps));
  bind(api, changeMapSettings, ({ actor, body }) => changeBase(deps, actor, body));
  bind(api, importBoundaries, ({ actor, request }) => receiveBoundaries(deps, actor, request));
  bind(api, removeBoundaries, async ({ actor, body }) => {
    await dropBoundaries(deps, actor, body);
    return undefined;
  });
  bind(api, placeCorrections, () => corrections(deps));
  bind(api, mapTile, async ({ params, reply }) => {
    await sendTile(deps, params, reply);
    return undefined;
  });
  bind(api, mapTileFile, async ({ request, reply }) => {
    await sendTileFile(deps, request, reply);
    return undefined;
  });
}
