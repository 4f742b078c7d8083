/** Where a Crm keeps its data, or finds it. */

import { Crm } from "./crm.js";
import { urlInvalid } from "./errors.js";
import { NativeTransport } from "./native.js";
import type { HostStore } from "./store.js";
import { openTabs } from "./tabs.js";
import { type Call, overText, type Transport } from "./transport.js";

/**
 * `memory:`, `opfs:NAME` for a file that the browser keeps, a storage that the host has written, or what carries calls
 * to where the rules are.
 */
export type Place =
  | "memory:"
  | `opfs:${string}`
  | { store: HostStore }
  | { execute: (call: Call) => Promise<unknown>; close?: () => Promise<void> };

/**
 * Opens a place. `memory:` forgets when it is closed; `opfs:NAME` is shared by all tabs of an origin.
 *
 * Raises `Invalid` (`crm.url_invalid`), and what the storage refuses, such as `Unavailable` (`store.locked`).
 */
export async function open(place: Place): Promise<Crm> {
  return new Crm(await transport(place));
}

/**
 * The same at once, for a page that shows something before its data is there. Calls wait until the place is open, and throw
 * what opening it throws.
 */
export function opening(place: Place): Crm {
  const carrier = transport(place);
  // Who calls hears of it.
  carrier.catch(() => undefined);
  return new Crm({
    call: async (call) => (await carrier).call(call),
    close: () => carrier.then(
      (opened) => opened.close?.(),
      () => undefined,
    ),
  });
}

async function transport(place: Place): Promise<Transport> {
  if (typeof place === "object") {
    if ("store" in place) return overText(await NativeTransport.openStore(place.store));
    const { execute, close } = place;
    return close ? { call: execute, close } : { call: execute };
  }
  if (place === "memory:") return overText(await NativeTransport.open(place));
  if (typeof place === "string" && place.startsWith("opfs:") && place !== "opfs:") {
    return overText(await openTabs(place));
  }
  throw urlInvalid(place, "open memory:, opfs:NAME, { store } or { execute }");
}
