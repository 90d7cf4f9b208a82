import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { changeMapSettings, MapSettings, mapBase } from '@bihuan/contract/map';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { type FieldError, invalid, staleVersion } from '../../platform/errors.ts';
import { type BaseValues, doneByCommand, lockSetting, readSetting, readTowns, updateBase } from './map.repo.ts';

/** Files of tiles lie beside the rest of the data: they are gigabytes, and put there by whoever runs the machine. */
export const tileFolder = (deps: Pick<Deps, 'config'>): string => join(deps.config.dataDir, 'map');

export async function readBase(deps: Deps): Promise<ResponseOf<typeof mapBase>> {
  const [setting, towns] = await Promise.all([readSetting(deps.db), readTowns(deps.db)]);
  return {
    towns,
    schematic: setting.schematic,
    boundarySource: setting.boundary_source,
    base: {
      kind: setting.base,
      system: setting.tile_system,
      attribution: setting.attribution,
      maxZoom: setting.max_zoom,
    },
  };
}

export async function showSettings(deps: Deps): Promise<MapSettings> {
  const [setting, towns, files] = await Promise.all([readSetting(deps.db), readTowns(deps.db), tileFiles(deps)]);
  const drawn = towns.filter(({ geometry }) => geometry !== null);
  return {
    base: setting.base,
    tileUrl: setting.tile_url,
    tileSystem: setting.tile_system,
    tileFile: setting.tile_file,
    attribution: setting.attribution,
    maxZoom: setting.max_zoom,
    version: setting.version,
    files,
    folder: tileFolder(deps),
    boundary:
      drawn.length === 0
        ? null
        : {
            towns: drawn.length,
            missing: towns.filter(({ geometry }) => geometry === null).map(({ unit }) => unit.name),
            source: setting.boundary_source,
            schematic: setting.schematic,
            importedBy:
              setting.boundary_by && setting.boundary_by_name
                ? { id: setting.boundary_by, name: setting.boundary_by_name }
                : null,
            importedAt: setting.boundary_at?.toISOString() ?? null,
          },
  };
}

async function tileFiles(deps: Deps): Promise<MapSettings['files']> {
  const names = await readdir(tileFolder(deps)).catch((): string[] => []);
  const wanted = names.filter((name) => name.endsWith('.pmtiles')).sort();
  return Promise.all(wanted.map(async (name) => ({ name, size: (await stat(join(tileFolder(deps), name))).size })));
}

/** @throws Problem stale_version | invalid */
export async function changeBase(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof changeMapSettings>,
): Promise<MapSettings> {
  const values: BaseValues = {
    base: body.base,
    tileUrl: body.tileUrl?.trim() || null,
    tileSystem: body.tileSystem,
    tileFile: body.tileFile?.trim() || null,
    attribution: body.attribution?.trim() || null,
    maxZoom: body.maxZoom,
  };
  const errors = faultsOf(
    values,
    (await tileFiles(deps)).map(({ name }) => name),
  );
  if (errors.length > 0) throw invalid('底图设置有误', errors);
  await deps.db.transaction(async (trx) => {
    const before = await lockSetting(trx);
    if (await doneByCommand(trx, body.commandId)) return;
    if (before.version !== body.version) throw staleVersion();
    await updateBase(trx, values);
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'map.settings_changed',
      objectType: 'map',
      // The address may carry the bureau's key of the tile service.
      data: { ...values, tileUrl: values.tileUrl && new URL(values.tileUrl).host },
      commandId: body.commandId,
    });
  });
  return showSettings(deps);
}

function faultsOf(values: BaseValues, files: readonly string[]): FieldError[] {
  if (values.base === 'tiles') {
    if (!values.tileUrl) return [{ field: '/tileUrl', message: '请填写瓦片地址' }];
    const missing = ['{z}', '{x}', '{y}'].filter((part) => !values.tileUrl!.includes(part));
    if (missing.length > 0) return [{ field: '/tileUrl', message: `瓦片地址中须有 ${missing.join('、')}` }];
  }
  if (values.tileUrl && !isHttp(values.tileUrl))
    return [{ field: '/tileUrl', message: '瓦片地址应以 http:// 或 https:// 开头' }];
  if (values.base === 'file' && !(values.tileFile && files.includes(values.tileFile)))
    return [{ field: '/tileFile', message: '请选择数据文件夹 map 目录下的一个 PMTiles 文件' }];
  return [];
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
