import type { ResponseOf } from '@bihuan/contract';
import type { MapPoint, mapMatters, mapOrders } from '@bihuan/contract/map';
import type { ExpressionSpecification } from 'maplibre-gl';
import { count } from '../../ui/format.ts';
import type { Drawn } from './BaseMap.vue';
import type { Feature, FeatureCollection, GeoJSONSource, Marker } from './engine.ts';

type Orders = ResponseOf<typeof mapOrders>;
type Matters = ResponseOf<typeof mapMatters>;

/** Orders at one and the same point. */
export interface Spot {
  lng: number;
  lat: number;
  points: MapPoint[];
}

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const feature = (at: [number, number], properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: at },
});
const collection = (features: Feature[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features,
});

const SOURCES = ['spots', 'heat', 'matters'] as const;
/** Radius by the number of orders: the area grows with it. */
const radius = (least: number): ExpressionSpecification => [
  'min',
  26,
  ['+', least, ['*', 2.4, ['sqrt', ['-', ['get', 'count'], 1]]]],
];

/** What lies on the map: circles and heat are drawn by it, what is named or counted are elements that a keyboard reaches. */
export function makeLayers({ map, projection, engine }: Drawn) {
  for (const id of SOURCES) map.addSource(id, { type: 'geojson', data: NOTHING });
  map.addLayer({
    id: 'heat',
    type: 'heatmap',
    source: 'heat',
    paint: {
      'heatmap-weight': ['get', 'weight'],
      'heatmap-intensity': 1.6,
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 9, 14, 14, 34],
      'heatmap-opacity': 0.82,
      'heatmap-color': [
        'interpolate',
        ['linear'],
        ['heatmap-density'],
        0,
        'rgba(220,236,239,0)',
        0.15,
        'rgba(190,221,227,0.85)',
        0.4,
        '#8fc0ca',
        0.65,
        '#e3b57d',
        0.85,
        '#cf7a3c',
        1,
        '#b42318',
      ],
    },
  });
  map.addLayer({
    id: 'spots',
    type: 'circle',
    source: 'spots',
    layout: { 'circle-sort-key': ['-', 0, ['get', 'count']] },
    paint: {
      'circle-radius': radius(5),
      'circle-color': ['match', ['get', 'state'], 'overdue', '#b42318', 'open', '#0f5f73', '#8fa0a7'],
      'circle-opacity': 0.78,
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 1.2,
    },
  });
  map.addLayer({
    id: 'matters',
    type: 'circle',
    source: 'matters',
    paint: {
      'circle-radius': radius(6),
      'circle-color': '#b9773a',
      'circle-opacity': 0.75,
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 1.2,
    },
  });
  const put = (id: (typeof SOURCES)[number], data: FeatureCollection) =>
    map.getSource<GeoJSONSource>(id)?.setData(data);
  let clusters: Marker[] = [];
  let names: Marker[] = [];

  return {
    clear() {
      for (const id of SOURCES) put(id, NOTHING);
      for (const one of clusters) one.remove();
      clusters = [];
    },
    /** @returns the spots, in the order of their features */
    spots(points: readonly MapPoint[]): Spot[] {
      const byPlace = new Map<string, Spot>();
      for (const point of points) {
        const key = `${point.lng},${point.lat}`;
        const spot = byPlace.get(key);
        if (spot) spot.points.push(point);
        else byPlace.set(key, { lng: point.lng, lat: point.lat, points: [point] });
      }
      const spots = [...byPlace.values()];
      const stateOf = (spot: Spot) =>
        spot.points.some(({ overdue }) => overdue)
          ? 'overdue'
          : spot.points.some(({ status }) => status !== 'closed' && status !== 'declined')
            ? 'open'
            : 'closed';
      put(
        'spots',
        collection(
          spots.map((spot, index) =>
            feature(projection.shown(spot), { index, count: spot.points.length, state: stateOf(spot) }),
          ),
        ),
      );
      return spots;
    },
    heat(cells: NonNullable<Orders['cells']>) {
      // The fullest twentieth counts as full: one extreme cell does not leave all others pale.
      const sorted = cells.map((cell) => cell.count).sort((a, b) => a - b);
      const full = Math.max(1, sorted[Math.floor(sorted.length * 0.95)] ?? 1);
      put(
        'heat',
        collection(
          cells.map((cell) =>
            feature(projection.shown(cell), { weight: Math.min(1, 0.12 + (0.55 * cell.count) / full) }),
          ),
        ),
      );
    },
    matters(items: Matters['items']) {
      put(
        'matters',
        collection(items.map((item, index) => feature(projection.shown(item), { index, count: item.count }))),
      );
    },
    cells(
      cells: NonNullable<Orders['cells']>,
      side: number,
      open: (cell: NonNullable<Orders['cells']>[number]) => void,
    ) {
      const most = Math.max(1, ...cells.map((cell) => cell.count));
      clusters = cells.map((cell) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'map-cluster';
        const size = Math.round(28 + 14 * Math.sqrt(cell.count / most));
        button.style.cssText = `width:${size}px;height:${size}px`;
        button.textContent = cell.count > 9999 ? `${Math.round(cell.count / 1000) / 10}万` : count(cell.count);
        button.setAttribute('aria-label', `此处 ${count(cell.count)} 件诉件`);
        button.addEventListener('click', (event) => {
          event.stopPropagation();
          open(cell);
        });
        // Where its orders lie, but in the inner half of its cell: neighbours leave each other room to be hit.
        const inner = (at: number, edge: number) => Math.min(Math.max(at, edge + side / 4), edge + (side * 3) / 4);
        const at = { lng: inner(cell.lng, cell.west), lat: inner(cell.lat, cell.south) };
        return engine.marker(button, projection.shown(at)).addTo(map);
      });
    },
    /** Names of towns, and what of each is known by the town alone. */
    names(
      towns: readonly { id: string; name: string; lng: number; lat: number; note: string | null; rough: number }[],
      open: (townId: string) => void,
    ) {
      for (const one of names) one.remove();
      names = towns.map((town) => {
        const name = document.createElement('span');
        name.textContent = town.name;
        const label = document.createElement(town.note === null ? 'div' : 'button');
        label.className = 'map-town';
        label.append(name);
        if (town.note !== null) {
          const number = document.createElement('b');
          number.textContent = town.note;
          label.append(number);
          label.setAttribute('aria-label', `${town.name} ${town.note} 件`);
          label.setAttribute('type', 'button');
          label.addEventListener('click', (event) => {
            event.stopPropagation();
            open(town.id);
          });
        } else if (town.rough > 0) {
          const rough = document.createElement('button');
          rough.type = 'button';
          rough.className = 'rough';
          rough.textContent = `概略 ${count(town.rough)}`;
          rough.setAttribute('aria-label', `${town.name}：${count(town.rough)} 件只知街镇，概略位置`);
          rough.addEventListener('click', (event) => {
            event.stopPropagation();
            open(town.id);
          });
          label.append(rough);
        }
        return engine.marker(label, projection.shown(town)).addTo(map);
      });
    },
    paint(colours: ReadonlyMap<string, string>) {
      map.removeFeatureState({ source: 'towns' });
      for (const [id, colour] of colours) map.setFeatureState({ source: 'towns', id }, { colour });
    },
  };
}
export type Layers = ReturnType<typeof makeLayers>;
