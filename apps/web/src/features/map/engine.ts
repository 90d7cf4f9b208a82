import 'maplibre-gl/dist/maplibre-gl.css';
import type { ResponseOf } from '@bihuan/contract';
import { type mapBase, mapTileFile } from '@bihuan/contract/map';
import type { Box, Point } from '@bihuan/domain/geo';
import loaded from 'gcoord';
import {
  AttributionControl,
  addProtocol,
  type GeoJSONSource,
  Map as GlMap,
  type LayerSpecification,
  Marker,
  NavigationControl,
  Popup,
  ScaleControl,
  type SourceSpecification,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { PMTiles, Protocol } from 'pmtiles';
import { urlOf } from '../../api/client.ts';

/** Everything heavy about maps. Imported only when a map is to be drawn; the pages know it by type alone. */
export { Marker, Popup } from 'maplibre-gl';
export type { GeoJSONSource, GlMap };

export type Base = ResponseOf<typeof mapBase>;

/** Shapes with their facts, as a source takes them. */
export type FeatureCollection = Extract<Parameters<GeoJSONSource['setData']>[0], { type: 'FeatureCollection' }>;
export type Feature = FeatureCollection['features'][number];

setWorkerUrl(workerUrl);

/** From the kept system to that of the tiles, and back. */
export interface Projection {
  shown(point: Point): [number, number];
  kept(point: Point): Point;
}

export function projectionOf(base: Base['base']): Projection {
  // Without tiles there is nothing to agree with.
  if (base.kind === 'none' || base.system === 'wgs84')
    return { shown: ({ lng, lat }) => [lng, lat], kept: ({ lng, lat }) => ({ lng, lat }) };
  return {
    shown: ({ lng, lat }) => loaded.transform([lng, lat], loaded.WGS84, loaded.GCJ02) as [number, number],
    kept: ({ lng, lat }) => {
      const [x, y] = loaded.transform([lng, lat], loaded.GCJ02, loaded.WGS84) as [number, number];
      return { lng: x, lat: y };
    },
  };
}

export const COLOURS = {
  outside: '#e9eef0',
  town: '#fbfcfc',
  border: '#c3cdd2',
  outline: '#74858d',
  water: '#dfe8ec',
} as const;

export const isWebGlThere = (): boolean => {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
};

/** Town shapes with their ids, as drawn. */
export function townShapes(base: Base, projection: Projection): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: base.towns.flatMap(({ unit, geometry }) =>
      geometry
        ? [
            {
              type: 'Feature' as const,
              properties: { id: unit.id, name: unit.name },
              geometry: {
                type: 'MultiPolygon' as const,
                coordinates: geometry.coordinates.map((rings) =>
                  rings.map((ring) => ring.map(([lng, lat]) => projection.shown({ lng, lat }))),
                ),
              },
            },
          ]
        : [],
    ),
  };
}

/** The box of what is known of the district: boundaries, else the middles of its towns. */
export function districtBox(base: Base): Box {
  const points = base.towns.flatMap(({ geometry, lng, lat }) =>
    geometry ? geometry.coordinates.flat(2) : lng === null || lat === null ? [] : [[lng, lat] as [number, number]],
  );
  // No town, no place: the whole country.
  if (points.length === 0) return [73, 18, 135, 54];
  const [x, y] = [points.map(([lng]) => lng), points.map(([, lat]) => lat)];
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  const margin = points.length === 1 ? 0.05 : 0;
  return [least(x) - margin, least(y) - margin, most(x) + margin, most(y) + margin];
}

let protocol: Protocol | undefined;

/** Sources and layers beneath our own: nothing, tiles through our server, or a PMTiles file of ours. */
async function ground(base: Base['base']): Promise<Pick<StyleSpecification, 'sources' | 'layers'>> {
  const attribution = base.attribution ?? '';
  const background: LayerSpecification = {
    id: 'background',
    type: 'background',
    paint: { 'background-color': COLOURS.outside },
  };
  if (base.kind === 'none') return { sources: {}, layers: [background] };
  const raster = (source: SourceSpecification): Pick<StyleSpecification, 'sources' | 'layers'> => ({
    sources: { ground: source },
    // Quieter than it comes: what matters lies above it.
    layers: [
      background,
      { id: 'ground', type: 'raster', source: 'ground', paint: { 'raster-saturation': -0.5, 'raster-opacity': 0.85 } },
    ],
  });
  if (base.kind === 'tiles') {
    const tiles = [`${location.origin}/api/v1/map/tiles/{z}/{x}/{y}`];
    return raster({ type: 'raster', tiles, tileSize: 256, maxzoom: base.maxZoom, attribution });
  }
  if (!protocol) {
    protocol = new Protocol();
    addProtocol('pmtiles', protocol.tile);
  }
  const address = location.origin + urlOf(mapTileFile);
  const file = new PMTiles(address);
  protocol.add(file);
  const header = await file.getHeader();
  const url = `pmtiles://${address}`;
  // 1 = vector tiles; everything else is pictures.
  if (header.tileType !== 1) return raster({ type: 'raster', url, tileSize: 256, attribution });
  const metadata = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  const layers = (metadata.vector_layers ?? []).flatMap(({ id }): LayerSpecification[] => [
    {
      id: `ground-fill-${id}`,
      type: 'fill',
      source: 'ground',
      'source-layer': id,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': /water|ocean|river/i.test(id) ? '#cfdee6' : '#e3e8ea', 'fill-opacity': 0.6 },
    },
    {
      id: `ground-line-${id}`,
      type: 'line',
      source: 'ground',
      'source-layer': id,
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': /water|river/i.test(id) ? '#b7ccd7' : '#c9d0d3', 'line-width': 1 },
    },
  ]);
  return { sources: { ground: { type: 'vector', url, attribution } }, layers: [background, ...layers] };
}

/** A map of the district, its towns drawn. Our own attribution says where the boundaries come from. */
export async function drawMap(
  container: HTMLElement,
  base: Base,
  options: { bounds?: Box; centre?: { point: Point; zoom: number }; small?: boolean } = {},
): Promise<{ map: GlMap; projection: Projection }> {
  const projection = projectionOf(base.base);
  const over = base.base.kind !== 'none';
  const { sources, layers } = await ground(base.base);
  const [west, south, east, north] = options.bounds ?? districtBox(base);
  const map = new GlMap({
    container,
    style: {
      version: 8,
      sources: { ...sources, towns: { type: 'geojson', data: townShapes(base, projection), promoteId: 'id' } },
      layers: [
        ...layers,
        // Beneath the fills only its outer half is seen: the outline of the district.
        ...(over
          ? []
          : [
              {
                id: 'outline',
                type: 'line' as const,
                source: 'towns',
                layout: { 'line-join': 'round' as const },
                paint: { 'line-color': COLOURS.outline, 'line-width': 3.5 },
              },
            ]),
        {
          id: 'town-fill',
          type: 'fill',
          source: 'towns',
          paint: {
            'fill-color': ['coalesce', ['feature-state', 'colour'], COLOURS.town],
            'fill-opacity': over ? ['case', ['!=', ['feature-state', 'colour'], null], 0.6, 0] : 1,
            'fill-antialias': false,
          },
        },
        {
          id: 'town-line',
          type: 'line',
          source: 'towns',
          layout: { 'line-join': 'round' },
          paint: { 'line-color': over ? '#5f7480' : COLOURS.border, 'line-width': 1.1 },
        },
      ],
    },
    ...(options.centre
      ? { center: projection.shown(options.centre.point), zoom: options.centre.zoom }
      : {
          bounds: [projection.shown({ lng: west, lat: south }), projection.shown({ lng: east, lat: north })],
          fitBoundsOptions: { padding: options.small ? 12 : 28 },
        }),
    maxZoom: 18,
    minZoom: 3,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    locale: {
      'NavigationControl.ZoomIn': '放大',
      'NavigationControl.ZoomOut': '缩小',
      'Popup.Close': '关闭',
      'Map.Title': '地图',
      'AttributionControl.ToggleAttribution': '数据来源',
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  if (!options.small) map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
  const note = [base.schematic ? '示意边界' : '', base.boundarySource ?? ''].filter(Boolean).join('：');
  map.addControl(new AttributionControl({ compact: false, customAttribution: note }), 'bottom-right');
  await new Promise<void>((resolve) => map.once('load', () => resolve()));
  return { map, projection };
}

/** Reads the view in kept degrees. */
export function viewOf(map: GlMap, { kept }: Projection): Box {
  const bounds = map.getBounds();
  const low = kept({ lng: bounds.getWest(), lat: bounds.getSouth() });
  const high = kept({ lng: bounds.getEast(), lat: bounds.getNorth() });
  return [low.lng, low.lat, high.lng, high.lat];
}

export const marker = (element: HTMLElement, at: [number, number], draggable = false): Marker =>
  new Marker({ element, anchor: draggable ? 'bottom' : 'center', draggable }).setLngLat(at);

export const popup = (): Popup => new Popup({ maxWidth: '340px', focusAfterOpen: true, offset: 14 });
