import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/**
 * Emits `/sw.js` with the list of built files put in, so that the field pages open without signal. The version is the
 * hash of that list: a new build is a new worker, and the old cache goes with the old worker.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => /^assets\/.*\.(js|css)$/.test(name))
        // Maps show what the server counts: without signal there is nothing to draw, and every phone would fetch a megabyte.
        .filter((name) => !/^assets\/(engine|maplibre)/.test(name))
        .map((name) => `/${name}`);
      const source = readFileSync(fileURLToPath(new URL('./src/offline/service-worker.js', import.meta.url)), 'utf8');
      const version = createHash('sha256').update(files.join('\n')).update(source).digest('hex').slice(0, 12);
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: source
          .replace("'__VERSION__'", JSON.stringify(version))
          .replace('/* __FILES__ */', files.map((f) => JSON.stringify(f)).join(', ')),
      });
    },
  };
}
