// Opens the driver's page without network. The newest copy wins while there is one: a stale page would send stale words.

const kept = 'portal-drive';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

self.addEventListener('message', event => event.waitUntil(keep(event.data.keep)));

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method === 'GET' && url.origin === location.origin && !url.pathname.startsWith('/api/')) event.respondWith(newest(event.request));
});

async function keep(addresses) {
  const cache = await caches.open(kept);
  await Promise.all(addresses.map(async address => {
    const response = await fetch(address, { credentials: 'same-origin' });
    if (response.ok && !response.redirected) await cache.put(address, response);
  }));
  const wanted = new Set(addresses);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

async function newest(request) {
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) {
      const cache = await caches.open(kept);
      if (await cache.match(request)) await cache.put(request, response.clone());
    }
    return response;
  } catch (error) {
    const copy = await caches.match(request, { ignoreSearch: request.mode === 'navigate' });
    if (copy) return copy;
    throw error;
  }
}
