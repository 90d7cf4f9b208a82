import { randomUUID } from 'node:crypto';
import { PENDING, pendingId, type Subjects } from './world.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** A hot path: how the n-th request looks. */
export interface HotPath {
  readonly name: string;
  readonly label: string;
  /** Least share of pgbench's throughput promised at 1 M orders; nothing where only the figure is reported. */
  readonly promise: number | null;
  /** Different statements it leads to, by which parameter; pgbench runs all of them in turn. */
  readonly variants: number;
  readonly writes: boolean;
  request(n: number): HttpRequest;
  /** Requests that can be made before the orders run out. */
  readonly limit: number;
}

const api = (path: string): string => `/api/v1${path}`;

export function hotPaths(subjects: Subjects): HotPath[] {
  return [
    {
      name: 'create',
      writes: true,
      label: '登记',
      promise: 0.4,
      variants: 1,
      limit: Number.POSITIVE_INFINITY,
      request: () => ({
        method: 'POST',
        path: api('/complaints'),
        body: {
          commandId: randomUUID(),
          sourceId: subjects.sourceId,
          title: '友谊路夜间占道设摊',
          content:
            '市民来访反映：近期友谊路近牡丹江路每天晚上都有流动摊贩占道设摊，行人只能走到马路上，很不安全，希望加强管理。',
          address: '宝山区友谊路街道友谊路近牡丹江路',
          categoryCode: 'street.stall',
          complainantName: '陈静',
          complainantPhone: '16600012345',
        },
      }),
    },
    {
      name: 'transition',
      writes: true,
      label: '流转（受理）',
      promise: 0.35,
      variants: 1,
      limit: PENDING,
      request: (n) => ({
        method: 'POST',
        path: api(`/complaints/${pendingId(n + 1)}/commands`),
        body: { commandId: randomUUID(), command: { action: 'accept' } },
      }),
    },
    {
      name: 'list',
      writes: false,
      label: '列表（含计数）',
      promise: 0.4,
      variants: subjects.unitIds.length,
      limit: Number.POSITIVE_INFINITY,
      request: (n) => ({
        method: 'GET',
        path: api(`/complaints?limit=20&unitId=${subjects.unitIds[n % subjects.unitIds.length]}`),
      }),
    },
    {
      name: 'count',
      writes: false,
      label: '计数',
      promise: null,
      variants: 1,
      limit: Number.POSITIVE_INFINITY,
      request: () => ({ method: 'GET', path: api('/complaints/counts') }),
    },
    {
      name: 'ranking',
      writes: false,
      label: '2023年6月排名',
      promise: null,
      variants: 1,
      limit: Number.POSITIVE_INFINITY,
      request: () => ({ method: 'GET', path: api('/indicators/figures?period=2023-06&dimension=unit') }),
    },
  ];
}
