import { Gauge, Histogram, Registry } from 'prom-client';
import { countUnsealed } from '../audit/index.ts';
import type { Deps } from '../deps.ts';
import { type JobState, jobCounts } from '../jobs/index.ts';
import { unreadOutbox } from '../outbox/index.ts';

/** Prometheus metrics of this process and its database; read anew at each scrape. */
export function createMetrics({ db, clock }: Pick<Deps, 'db' | 'clock'>) {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: 'bihuan_http_request_duration_seconds',
    help: 'HTTP requests by route template',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Gauge({
    name: 'bihuan_db_pool_connections',
    help: 'Connections of the request pool; waiting: requests without one',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { totalCount, idleCount, waitingCount } = db.pool;
      this.set({ state: 'busy' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
  new Gauge({
    name: 'bihuan_jobs',
    help: 'Background jobs by state; failed: out of attempts',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      const counts = await jobCounts(db, db.schema);
      for (const [state, count] of Object.entries(counts) as [JobState, number][]) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'bihuan_outbox_held_messages',
    help: 'Outbox messages held back by an older transaction that is still open',
    registers,
    async collect() {
      this.set((await unreadOutbox(db, clock.now())).held);
    },
  });
  new Gauge({
    name: 'bihuan_outbox_lag_seconds',
    help: 'Age of the oldest outbox message held back',
    registers,
    async collect() {
      this.set((await unreadOutbox(db, clock.now())).lagSeconds);
    },
  });
  new Gauge({
    name: 'bihuan_audit_unsealed_events',
    help: 'Audit events not in the chain yet',
    registers,
    async collect() {
      this.set(await countUnsealed(db));
    },
  });
  return { registry, duration };
}
