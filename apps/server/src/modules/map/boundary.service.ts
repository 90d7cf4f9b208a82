import type { BodyOf, ResponseOf } from '@bihuan/contract';
import {
  BOUNDARY_LIMIT,
  type importBoundaries,
  type placeCorrections,
  type removeBoundaries,
} from '@bihuan/contract/map';
import { COORDINATE_SYSTEMS, type CoordinateSystem, metresBetween, type Point } from '@bihuan/domain/geo';
import type { FastifyRequest } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, Problem } from '../../platform/errors.ts';
import { fromWgs84, toWgs84 } from '../../platform/geo.ts';
import { BoundaryError, contains, readBoundaries, type TownBoundary } from './boundary.ts';
import { doneByCommand, lockSetting, pinnedPlaces, placePoints, replaceBoundaries, townNames } from './map.repo.ts';

/** A dictionary's point this far from the pins of its orders is worth a look. */
const WORTH_A_LOOK_METRES = 100;
/** Boundaries that hold so few of their towns' places belong to another district or another system. */
const LEAST_FIT = 0.3;

interface Upload {
  readonly text: string;
  readonly fileName: string;
  readonly nameField: string;
  readonly system: CoordinateSystem;
  readonly source: string | null;
  readonly schematic: boolean;
  readonly rehearse: boolean;
  readonly commandId: string;
}

/** @throws Problem too_large | invalid with what is wrong in the file */
export async function receiveBoundaries(
  deps: Deps,
  actor: RequestActor,
  request: FastifyRequest,
): Promise<ResponseOf<typeof importBoundaries>> {
  const upload = await readUpload(request);
  const towns = await townNames(deps.db);
  const { boundaries, missing, vertices } = read(upload, towns);
  const fit = fitOf(boundaries, await placePoints(deps.db), upload.system);
  const best = fit && Object.entries(fit).sort((a, b) => b[1] - a[1])[0];
  if (fit && best && fit[upload.system]! < LEAST_FIT && best[1] < LEAST_FIT) {
    throw invalid('边界与地点词典对不上', [
      {
        field: '/file',
        message: `只有 ${Math.round(best[1] * 100)}% 的词典地点落在各自街镇的边界内，边界可能不是本区的，或街镇名称张冠李戴`,
      },
    ]);
  }
  if (fit && best && best[0] !== upload.system && best[1] - fit[upload.system]! > 0.2) {
    throw invalid('坐标系可能选错了', [
      {
        field: '/system',
        message: `按所选坐标系，${percent(fit[upload.system]!)} 的词典地点落在各自街镇内；按 ${COORDINATE_SYSTEMS[best[0] as CoordinateSystem]} 则有 ${percent(best[1])}`,
      },
    ]);
  }
  if (!upload.rehearse) await write(deps, actor, upload, boundaries);
  return {
    imported: !upload.rehearse,
    towns: boundaries.map(({ unitId, name, geometry, label }) => ({ unit: { id: unitId, name }, geometry, ...label })),
    missing,
    vertices,
    fit,
  };
}

const percent = (share: number) => `${Math.round(share * 100)}%`;

function read(upload: Upload, towns: Parameters<typeof readBoundaries>[2]) {
  try {
    return readBoundaries(upload.text, upload, towns);
  } catch (error) {
    if (error instanceof BoundaryError) throw invalid('边界文件有误', error.errors);
    throw error;
  }
}

async function readUpload(request: FastifyRequest): Promise<Upload> {
  if (!request.isMultipart()) throw invalid('请以表单方式上传文件');
  const part = await request.file({ limits: { fileSize: BOUNDARY_LIMIT } });
  if (!part) throw invalid('请选择边界文件', [{ field: '/file', message: '必填' }]);
  const chunks: Buffer[] = [];
  for await (const chunk of part.file) chunks.push(chunk as Buffer);
  if (part.file.truncated)
    throw new Problem(413, 'too_large', `边界文件不能超过 ${BOUNDARY_LIMIT / 1024 / 1024} MB，请先抽稀再导入`);
  const value = (name: string): string => {
    const field = part.fields[name];
    return field && !Array.isArray(field) && field.type === 'field' ? String(field.value).trim() : '';
  };
  const system = value('system');
  const commandId = value('commandId');
  const errors = [
    ...(value('nameField') === '' ? [{ field: '/nameField', message: '请选择街镇名称所在的字段' }] : []),
    ...(Object.hasOwn(COORDINATE_SYSTEMS, system) ? [] : [{ field: '/system', message: '请选择坐标系' }]),
    ...(/^[0-9a-f-]{36}$/i.test(commandId) ? [] : [{ field: '/commandId', message: '缺少操作编号' }]),
    ...(value('source').length > 200 ? [{ field: '/source', message: '出处不超过 200 个字' }] : []),
  ];
  if (errors.length > 0) throw invalid('请补全导入选项', errors);
  return {
    text: decode(Buffer.concat(chunks)),
    fileName: part.filename,
    nameField: value('nameField'),
    system: system as CoordinateSystem,
    source: value('source') || null,
    schematic: value('schematic') === 'true',
    rehearse: value('rehearse') === 'true',
    commandId,
  };
}

/** GeoJSON is UTF-8; programs of former years write GB 18030 all the same. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

async function write(deps: Deps, actor: RequestActor, upload: Upload, boundaries: TownBoundary[]): Promise<void> {
  await deps.db.transaction(async (trx) => {
    await lockSetting(trx);
    if (await doneByCommand(trx, upload.commandId)) return;
    const at = deps.clock.now();
    const { source, schematic } = upload;
    await replaceBoundaries(trx, boundaries, { source, schematic, by: actor.personId, at: new Date(at) });
    await recordAudit(trx, {
      at,
      actor,
      action: 'map.boundaries_imported',
      objectType: 'map',
      data: {
        fileName: upload.fileName,
        towns: boundaries.map(({ name }) => name),
        system: upload.system,
        source,
        schematic,
      },
      commandId: upload.commandId,
    });
  });
}

export async function dropBoundaries(
  deps: Deps,
  actor: RequestActor,
  { commandId, reason }: BodyOf<typeof removeBoundaries>,
): Promise<void> {
  await deps.db.transaction(async (trx) => {
    await lockSetting(trx);
    if (await doneByCommand(trx, commandId)) return;
    await replaceBoundaries(trx, [], { source: null, schematic: false, by: null, at: null });
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'map.boundaries_removed',
      objectType: 'map',
      note: reason,
      commandId,
    });
  });
}

/** Share of the dictionary's places inside their own town, if the file's numbers were of each system. */
function fitOf(
  boundaries: readonly TownBoundary[],
  places: readonly { townId: string; lng: number; lat: number }[],
  chosen: CoordinateSystem,
): Record<CoordinateSystem, number> | null {
  const byTown = new Map(boundaries.map((boundary) => [boundary.unitId, boundary.geometry]));
  const compared = places.filter(({ townId }) => byTown.has(townId));
  if (compared.length === 0) return null;
  const share = (system: CoordinateSystem) => {
    // The outlines were read as `chosen`; moving the points the opposite way is the same, and cheaper.
    const moved = (point: Point) => (system === chosen ? point : toWgs84(fromWgs84(point, system), chosen));
    const inside = compared.filter((place) => contains(byTown.get(place.townId)!, moved(place)));
    return inside.length / compared.length;
  };
  return { wgs84: share('wgs84'), gcj02: share('gcj02'), bd09: share('bd09') };
}

export async function corrections(deps: Deps): Promise<ResponseOf<typeof placeCorrections>> {
  return (await pinnedPlaces(deps.db)).flatMap(({ placeLng, placeLat, ...place }) => {
    const metres =
      placeLng === null || placeLat === null
        ? null
        : Math.round(metresBetween(place, { lng: placeLng, lat: placeLat }));
    return metres !== null && metres < WORTH_A_LOOK_METRES ? [] : [{ ...place, metres }];
  });
}
