// Keeps the program of the diary on the phone, so that it opens without a connection. It never keeps an answer about a person.
"use strict";
const CACHE = "diary-{{ version }}";
const PAGE = "{{ page }}";
const FILES = {{ files|safe }};
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("diary-") && name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  const wanted = address.pathname === PAGE ? PAGE : address.pathname + address.search;
  if (!FILES.includes(wanted)) return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(wanted)).then((kept) => kept || fetch(event.request)));
});
