import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromWgs84 } from '../../platform/geo.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { command, registerOrder, type TestDistrict, testDistrict } from '../../testing/complaint.ts';

let t: TestApp;
let d: TestDistrict;
let admin: TestPerson;
let tiles: Server;
let tileAsked: string[] = [];
let tileAnswer: { status: number; type: string; body: Buffer } = {
  status: 200,
  type: 'image/png',
  body: Buffer.from('png'),
};
const NORTH = '北镇';
const SOUTH = '南街道';

const sql = <Row extends object>(text: string, values: unknown[] = []) => t.deps.db.query<Row>(null, text, values);
const square = (west: number, south: number, side = 0.1): [number, number][] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const feature = (name: unknown, ring: [number, number][], type = 'Polygon') => ({
  type: 'Feature',
  properties: { 名称: name, 代码: 310113 },
  geometry: { type, coordinates: type === 'Polygon' ? [ring] : type === 'MultiPolygon' ? [[ring]] : ring },
});
const collection = (...features: object[]) => ({ type: 'FeatureCollection', features });
const GOOD = collection(feature(NORTH, square(121.4, 31.4)), feature(SOUTH, square(121.4, 31.3), 'MultiPolygon'));

async function upload(content: unknown, fields: Record<string, string> = {}, as = admin) {
  const form = new FormData();
  const all = { nameField: '名称', system: 'wgs84', commandId: randomUUID(), ...fields };
  for (const [key, value] of Object.entries(all)) form.append(key, value);
  const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
  form.append('file', new Blob([text as string]), '边界.geojson');
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const answer = await t.app.inject({
    method: 'POST',
    url: '/api/v1/map/boundaries',
    headers: { cookie: as.cookie, 'content-type': request.headers.get('content-type')! },
    payload: Buffer.from(await request.arrayBuffer()),
  });
  return { status: answer.statusCode, body: answer.json() };
}
const told = (answer: { body: { errors?: { message: string }[]; detail: string } }) =>
  (answer.body.errors ?? []).map(({ message }) => message).join('\n') || answer.body.detail;

beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  admin = d.sysadmin;
  await sql("update unit set closed_at = now() where kind = 'town'");
  await t.unit('town', NORTH);
  await t.unit('town', SOUTH);
  tiles = createServer((request, response) => {
    tileAsked.push(request.url ?? '');
    response.writeHead(tileAnswer.status, { 'content-type': tileAnswer.type }).end(tileAnswer.body);
  });
  await new Promise<void>((resolve) => tiles.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
  await sql('delete from place');
  tileAsked = [];
});
afterAll(async () => {
  tiles.close();
  await t.close();
});

const addPlace = async (
  town: string,
  lng: number | null,
  lat: number | null,
  name: string = randomUUID().slice(0, 8),
) =>
  (
    await sql<{ id: string }>(
      "insert into place (kind, name, town_id, lng, lat) select 'compound', $1, id, $3, $4 from unit where name = $2 returning id",
      [name, town, lng, lat],
    )
  )[0]!.id;

describe('boundaries taken in', () => {
  it('stand on the map, with who brought them and from where', async () => {
    const answer = await upload(GOOD, { source: '区规划资源局 2023 年', schematic: 'false' });
    expect(answer.status, told(answer)).toBe(200);
    expect(answer.body).toMatchObject({ imported: true, missing: [], fit: null, vertices: 10 });
    const { body } = await t.call(d.officer, 'GET', '/map/base');
    expect(body.towns.map((town: { unit: { name: string } }) => town.unit.name)).toEqual([NORTH, SOUTH]);
    expect(body.towns[0].geometry).toEqual({
      type: 'MultiPolygon',
      coordinates: [[square(121.4, 31.4).map(([x, y]) => [Number(x.toFixed(6)), Number(y.toFixed(6))])]],
    });
    expect(body.towns[0].lng).toBeCloseTo(121.45, 3);
    expect(body).toMatchObject({ schematic: false, boundarySource: '区规划资源局 2023 年', base: { kind: 'none' } });
    const settings = await t.call(admin, 'GET', '/map/settings');
    expect(settings.body.boundary).toMatchObject({ towns: 2, missing: [], importedBy: { id: admin.actor.personId } });
    const [event] = await sql<{ data: object }>(
      "select data from audit_event where action = 'map.boundaries_imported' order by at desc limit 1",
    );
    expect(event!.data).toMatchObject({ towns: [NORTH, SOUTH], system: 'wgs84' });
  });

  it('in another coordinate system are converted', async () => {
    const moved = (name: string, ring: [number, number][]) =>
      feature(
        name,
        ring.map(([lng, lat]): [number, number] => {
          const point = fromWgs84({ lng, lat }, 'gcj02');
          return [point.lng, point.lat];
        }),
      );
    const answer = await upload(collection(moved(NORTH, square(121.4, 31.4)), moved(SOUTH, square(121.4, 31.3))), {
      system: 'gcj02',
    });
    expect(answer.status, told(answer)).toBe(200);
    const [lng, lat] = answer.body.towns[0].geometry.coordinates[0][0][0];
    expect(lng).toBeCloseTo(121.4, 5);
    expect(lat).toBeCloseTo(31.4, 5);
  });

  it('rehearsed, are looked at and not kept; a town left out is named', async () => {
    await upload(GOOD);
    const answer = await upload(collection(feature(NORTH, square(121.5, 31.5))), { rehearse: 'true' });
    expect(answer.body).toMatchObject({ imported: false, missing: [SOUTH] });
    const { body } = await t.call(d.officer, 'GET', '/map/base');
    expect(body.towns[1].geometry).not.toBeNull();
  });

  it('sent twice under one id are taken once', async () => {
    const commandId = randomUUID();
    const answers = await Promise.all([upload(GOOD, { commandId }), upload(GOOD, { commandId })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await sql('select 1 from audit_event where command_id = $1', [commandId])).toHaveLength(1);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', 'PK\u0003\u0004 shapefile', /不是 GeoJSON 文件/],
    ['a JSON of something else', { type: 'Topology', objects: {} }, /TopoJSON/],
    ['no collection', { type: 'Feature' }, /FeatureCollection/],
    [
      'a projection named in the file',
      { ...GOOD, crs: { properties: { name: 'urn:ogc:def:crs:EPSG::4549' } } },
      /4549.*不是经纬度/,
    ],
    ['nothing in it', collection(), /没有图形/],
    [
      'points instead of areas',
      collection({ ...feature(NORTH, square(121.4, 31.4)), geometry: { type: 'Point', coordinates: [121.4, 31.4] } }),
      /“北镇”.*应为面.*Point/,
    ],
    ['a town nobody knows', collection(feature('东镇', square(121.4, 31.4))), /“东镇”：组织机构中没有这个街镇/],
    ['no name', collection(feature(7, square(121.4, 31.4))), /第 1 个图形：没有“名称”/],
    [
      'a town twice',
      collection(feature(NORTH, square(121.4, 31.4)), feature(NORTH, square(121.6, 31.4))),
      /出现了两次/,
    ],
    [
      'a line that crosses itself',
      collection(
        feature(NORTH, [
          [121.4, 31.4],
          [121.5, 31.5],
          [121.5, 31.4],
          [121.4, 31.5],
          [121.4, 31.4],
        ]),
      ),
      /“北镇”：边界线自己相交/,
    ],
    ['metres', collection(feature(NORTH, square(40_512_345, 3_467_890, 5000))), /投影坐标/],
    ['latitude first', collection(feature(NORTH, square(31.4, 121.4))), /写反了/],
    ['another country', collection(feature(NORTH, square(2.3, 48.8))), /不在国内/],
    [
      'two corners',
      collection(
        feature(NORTH, [
          [121.4, 31.4],
          [121.5, 31.4],
          [121.4, 31.4],
        ]),
      ),
      /不足三个顶点/,
    ],
    [
      'numbers that are none',
      collection({ ...feature(NORTH, []), geometry: { type: 'Polygon', coordinates: [[['a', 'b']]] } }),
      /不合 GeoJSON 规定/,
    ],
  ])('refuses %s, in words, and keeps what there was', async (_what, content, words) => {
    await upload(GOOD);
    const answer = await upload(content);
    expect(answer.status).toBe(400);
    expect(told(answer)).toMatch(words);
    expect(await sql('select 1 from map_boundary')).toHaveLength(2);
  });

  it('refuses a file of 50 MB, and one with too many corners', async () => {
    const huge = await upload(new Uint8Array(50 * 1024 * 1024).fill(32));
    expect([huge.status, told(huge)]).toEqual([413, expect.stringContaining('不能超过 20 MB')]);
    const ring = Array.from({ length: 120_000 }, (_, i): [number, number] => [
      121.4 + 0.05 * Math.cos((i / 60_000) * Math.PI),
      31.4 + 0.05 * Math.sin((i / 60_000) * Math.PI),
    ]);
    expect(told(await upload(collection(feature(NORTH, ring))))).toMatch(/顶点超过/);
  });

  it('notices by the dictionary’s places that the coordinate system was chosen wrongly, or the district is another', async () => {
    // Places close to the edges: the half kilometre between the systems decides.
    for (let i = 0; i < 20; i++) await addPlace(NORTH, 121.4995 - 0.0001 * i, 31.4002 + 0.004 * i);
    const asked = collection(feature(NORTH, square(121.4, 31.4)));
    expect((await upload(asked)).body.fit).toMatchObject({ wgs84: 1 });
    const wrong = await upload(asked, { system: 'bd09' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors[0]).toMatchObject({ field: '/system' });
    expect(told(wrong)).toContain('WGS-84');
    expect(told(await upload(collection(feature(NORTH, square(121.7, 31.0)))))).toContain('可能不是本区的');
  });

  it('is for whoever keeps the dictionary', async () => {
    expect((await upload(GOOD, {}, d.clerk)).status).toBe(403);
    expect(
      (await t.call(d.director, 'POST', '/map/boundaries/removal', { commandId: randomUUID(), reason: '试试' })).status,
    ).toBe(403);
  });

  it('removed, leave the towns with the middle of their places', async () => {
    await upload(GOOD);
    await addPlace(NORTH, 121.41, 31.41);
    await addPlace(NORTH, 121.43, 31.43);
    expect(
      (await t.call(admin, 'POST', '/map/boundaries/removal', { commandId: randomUUID(), reason: '旧边界作废' }))
        .status,
    ).toBe(204);
    const { body } = await t.call(d.officer, 'GET', '/map/base');
    expect(body.towns[0]).toMatchObject({ geometry: null });
    expect(body.towns[0].lng).toBeCloseTo(121.42, 9);
    expect(body.towns[1]).toMatchObject({ geometry: null, lng: null, lat: null });
  });
});

describe('what lies beneath', () => {
  const change = async (fields: object) => {
    const { body } = await t.call(admin, 'GET', '/map/settings');
    const whole = { base: 'none', tileUrl: null, tileSystem: 'wgs84', tileFile: null, attribution: null, maxZoom: 18 };
    return t.call(admin, 'PUT', '/map/settings', {
      commandId: randomUUID(),
      version: body.version,
      ...whole,
      ...fields,
    });
  };
  const tileUrl = () => `http://127.0.0.1:${(tiles.address() as AddressInfo).port}/{z}/{x}/{y}.png?tk=secret`;

  it('tiles come through the server: the key of the service stays here', async () => {
    expect((await t.call(d.officer, 'GET', '/map/tiles/3/1/2')).status).toBe(404);
    expect((await change({ base: 'tiles', tileUrl: tileUrl(), tileSystem: 'gcj02', attribution: '某图' })).status).toBe(
      200,
    );
    const { body } = await t.call(d.officer, 'GET', '/map/base');
    expect(body.base).toEqual({ kind: 'tiles', system: 'gcj02', attribution: '某图', maxZoom: 18 });
    expect(JSON.stringify(body)).not.toContain('secret');
    const tile = await t.call(d.officer, 'GET', '/map/tiles/3/1/2');
    expect([tile.status, tile.headers['content-type'], tile.raw.toString()]).toEqual([200, 'image/png', 'png']);
    expect(tileAsked).toEqual(['/3/1/2.png?tk=secret']);
    const events = await sql<{ data: object }>("select data from audit_event where action = 'map.settings_changed'");
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it('nothing but pictures passes, and no address outside the pyramid is asked', async () => {
    await change({ base: 'tiles', tileUrl: tileUrl() });
    for (const [status, type] of [
      [200, 'text/html'],
      [404, 'image/png'],
      [302, 'image/png'],
      [200, 'image/svg+xml'],
    ] as const) {
      tileAnswer = { status, type, body: Buffer.from('<script>') };
      expect((await t.call(d.officer, 'GET', '/map/tiles/3/1/2')).status, `${status} ${type}`).toBe(502);
    }
    tileAnswer = { status: 200, type: 'image/png', body: Buffer.alloc(3 * 1024 * 1024) };
    expect((await t.call(d.officer, 'GET', '/map/tiles/3/1/2')).status).toBe(502);
    tileAsked = [];
    expect((await t.call(d.officer, 'GET', '/map/tiles/3/8/0')).status).toBe(404);
    expect((await t.call(null, 'GET', '/map/tiles/3/1/2')).status).toBe(401);
    expect(tileAsked).toEqual([]);
  });

  it('a PMTiles file is read by ranges of bytes, never whole', async () => {
    const folder = join(t.deps.config.dataDir, 'map');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '底图.pmtiles'), Buffer.from('0123456789'));
    expect((await change({ base: 'file', tileFile: '../secret.pmtiles' })).status).toBe(400);
    expect((await change({ base: 'file', tileFile: '底图.pmtiles' })).body.files).toEqual([
      { name: '底图.pmtiles', size: 10 },
    ]);
    const ask = (range?: string) => t.call(d.officer, 'GET', '/map/tiles.pmtiles', undefined, range ? { range } : {});
    const part = await ask('bytes=2-4');
    expect([part.status, part.raw.toString(), part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await ask('bytes=8-99')).raw.toString()).toBe('89');
    expect((await ask('bytes=10-12')).status).toBe(416);
    expect((await ask('bytes=0-1,4-5')).status).toBe(416);
    expect((await ask()).status).toBe(400);
  });

  it.each([
    [{ base: 'tiles' }, '/tileUrl'],
    [{ base: 'tiles', tileUrl: 'https://t/{z}/{x}' }, '/tileUrl'],
    [{ base: 'tiles', tileUrl: 'file:///etc/{z}/{x}/{y}' }, '/tileUrl'],
    [{ base: 'file' }, '/tileFile'],
  ])('refuses %j', async (fields, field) => {
    const answer = await change(fields);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it('of two who change it at once, one is told', async () => {
    const { body } = await t.call(admin, 'GET', '/map/settings');
    const whole = { base: 'none', tileUrl: null, tileSystem: 'wgs84', tileFile: null, attribution: null, maxZoom: 18 };
    const answers = await Promise.all(
      ['甲', '乙'].map((attribution) =>
        t.call(admin, 'PUT', '/map/settings', {
          commandId: randomUUID(),
          version: body.version,
          ...whole,
          attribution,
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe('pins against the dictionary', () => {
  it('places that people pinned elsewhere are listed; corrected, the orders that followed the dictionary follow, pins stay', async () => {
    const placeId = await addPlace(NORTH, 121.45, 31.45, '杏花苑');
    await addPlace(NORTH, 121.46, 31.46, '桃花苑');
    const [town] = await sql<{ id: string }>('select id from unit where name = $1', [NORTH]);
    await t.unit('squadron', '北中队', town!.id);
    const { forgetDictionary } = await import('../complaint/index.ts');
    forgetDictionary(t.deps.db);
    const orders = await Promise.all([1, 2, 3, 4].map((n) => registerOrder(t, d.clerk, { address: `杏花苑${n}号` })));
    const others = await Promise.all([3, 5].map((n) => registerOrder(t, d.clerk, { address: `桃花苑${n}号` })));
    const at = async (id: string) => {
      const { body } = await t.call(d.clerk, 'GET', `/complaints/${id}`);
      return { lng: body.lng, lat: body.lat, by: body.pointBy, place: body.place?.name };
    };
    expect(await at(orders[0]!.id)).toEqual({ lng: 121.45, lat: 31.45, by: 'place', place: '杏花苑' });
    for (const [i, lng] of [121.452, 121.4521, 121.47].entries())
      expect((await command(t, d.clerk, orders[i]!.id, { action: 'locate', lng, lat: 31.4503 })).status).toBe(200);
    // Sixty metres beside: not worth a look.
    for (const { id } of others) await command(t, d.clerk, id, { action: 'locate', lng: 121.4606, lat: 31.46 });
    const { body } = await t.call(admin, 'GET', '/map/place-corrections');
    expect(body).toEqual([
      { placeId, name: '杏花苑', town: NORTH, lng: 121.4521, lat: 31.4503, pins: 3, metres: expect.any(Number) },
    ]);
    expect(body[0].metres).toBeGreaterThan(180);
    const { body: list } = await t.call(admin, 'GET', `/dictionary/places?q=${encodeURIComponent('杏花苑')}`);
    const place = list.items[0];
    const corrected = await t.call(admin, 'PUT', `/dictionary/places/${placeId}`, {
      commandId: randomUUID(),
      version: place.version,
      kind: place.kind,
      name: place.name,
      aliases: [],
      townId: town!.id,
      unitId: null,
      lng: 121.4521,
      lat: 31.4503,
    });
    expect(corrected.status, JSON.stringify(corrected.body)).toBe(200);
    expect(await at(orders[3]!.id)).toMatchObject({ lng: 121.4521, by: 'place' });
    expect(await at(orders[2]!.id)).toMatchObject({ lng: 121.47, by: 'pin' });
    const next = await registerOrder(t, d.clerk, { address: '杏花苑9号' });
    expect(await at(next.id)).toMatchObject({ lng: 121.4521, lat: 31.4503 });
    expect((await t.call(admin, 'GET', '/map/place-corrections')).body).toEqual([]);
  });
});
