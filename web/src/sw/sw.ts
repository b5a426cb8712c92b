// The service worker: holds the app as a whole, so that it starts without a
// network, and changes to a new version only when the page says so. It never
// sees the API: what is said to the server and what it answers is in no cache.

import { ACTIVATE, FONT_CACHE } from "./shared.ts";

/** What the app consists of, each with its digest; from the build. */
declare const SHELL: readonly (readonly [address: string, integrity: string])[];

interface ExtendableEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope extends EventTarget {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

const worker = globalThis as unknown as Scope;
const CACHE = `waymark-app-${APP_VERSION}`;
const addresses = new Set(SHELL.map(([address]) => address));

/** Takes the whole app or none of it. What is not what was built fails its digest. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    SHELL.map(async ([address, integrity]) => {
      const response = await fetch(address, { integrity, cache: "no-cache", credentials: "omit" });
      if (!response.ok) throw new Error("a part of the app did not come");
      await cache.put(address, response);
    }),
  );
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE && name !== FONT_CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The address under which a request is held; undefined for what goes to the network as if there were no worker. */
function heldAs({ method, mode, url }: Request): { readonly cache: string; readonly address: string } | undefined {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin || pathname.startsWith("/v1/")) return undefined;
  if (addresses.has(pathname) && (mode !== "navigate" || pathname === "/")) return { cache: CACHE, address: pathname };
  if (/^\/assets\/[^/]+\.woff2$/.test(pathname)) return { cache: FONT_CACHE, address: pathname };
  return undefined;
}

async function held(cacheName: string, address: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(address, { ignoreVary: true });
  if (found) return found;
  return fetch(request);
}

worker.addEventListener("install", (event) => (event as ExtendableEvent).waitUntil(install()));
worker.addEventListener("activate", (event) => (event as ExtendableEvent).waitUntil(activate()));
worker.addEventListener("message", (event) => {
  if ((event as MessageEvent).data === ACTIVATE) (event as ExtendableEvent).waitUntil(worker.skipWaiting());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event as FetchEvent;
  const place = heldAs(request);
  if (place) (event as FetchEvent).respondWith(held(place.cache, place.address, request));
});
