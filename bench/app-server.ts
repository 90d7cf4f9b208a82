import { buildApp } from '../apps/server/src/build-app.ts';
import { benchDeps } from './world.ts';

/** The product's server in a process of its own; tells its port and, when asked, its memory. */
const deps = await benchDeps(process.argv[2]!);
const app = await buildApp(deps);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 100).unref();
process.on('message', (message) => {
  if (message === 'memory') process.send?.({ peak });
  if (message === 'stop') process.exit(0);
});
process.send?.({ port: Number(new URL(address).port) });
