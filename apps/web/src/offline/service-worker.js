// Caches the built shell, nothing else: what the server answers about complaints never lies in a cache of the browser.
const VERSION = '__VERSION__';
const FILES = [
  /* __FILES__ */
];
const CACHE = `bihuan-${VERSION}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(['/', '/icon.svg', '/manifest.webmanifest', ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith('bihuan-') && name !== CACHE).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') {
    // Fresh when there is signal, so that a new version is seen; the stored page otherwise.
    event.respondWith(fetch(request).catch(() => caches.match('/').then((page) => page ?? Response.error())));
    return;
  }
  event.respondWith(caches.match(request).then((stored) => stored ?? fetch(request)));
});
