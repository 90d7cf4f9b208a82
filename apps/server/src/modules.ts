import type { FastifyInstance } from 'fastify';
import type { Deps } from './platform/deps.ts';

/** Every room of the house, once. The order is that of the navigation. */
export async function registerModules(api: FastifyInstance, deps: Deps): Promise<void> {
  void api;
  void deps;
}
