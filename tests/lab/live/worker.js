// A service worker of the laboratory: what it does with a request stands in the request's path.
oninstall = () => skipWaiting();
onactivate = event => event.waitUntil(clients.claim());
onfetch = event => {
  const way = /\/w-(\w+)/.exec(event.request.url)?.[1];
  switch (way) {
    case 'fetch': return event.respondWith(fetch(event.request));
    case 'again': return event.respondWith(fetch(event.request.url, {mode: 'cors'}));
    case 'opaque': return event.respondWith(fetch(event.request.url, {mode: 'no-cors'}));
    case 'made': return event.respondWith(new Response('made'));
    case 'error': return event.respondWith(Response.error());
    case 'later': return event.respondWith(new Promise(done => setTimeout(() => done(fetch(event.request)), 50)));
  }
};
