/** The transport into the compiled part in this thread. */

import { source } from "#wasm";

import type { Native } from "../native/nexa.js";
import type { HostStore } from "./store.js";
import type { Call, Transport } from "./transport.js";

type Module = typeof import("../native/nexa.js");

let loading: Promise<Module["Native"]> | undefined;

/** The compiled part, loaded once. */
async function native(): Promise<Module["Native"]> {
  loading ??= import("../native/nexa.js").then(async (module) => {
    await module.default(source("nexa_bg.wasm"));
    return module.Native;
  });
  try {
    return await loading;
  } catch (problem) {
    // The network may be back another time.
    loading = undefined;
    throw problem;
  }
}

/** The calls that are not operations of the catalog. */
interface Others {
  create_org: object;
  has_org: { org: string };
  drop_org: { org: string };
  batch: { requests: unknown };
  explain: { kind: string; record: unknown };
  feed: { after: number; limit: number };
}

/** A crm in this thread. */
export class NativeTransport implements Transport {
  readonly #native: Native;

  private constructor(crm: Native) {
    this.#native = crm;
  }

  /** Opens `memory:`, or in a dedicated worker `opfs:NAME`. */
  static async open(url: string): Promise<NativeTransport> {
    const Native = await native();
    return new NativeTransport(await Native.open(url));
  }

  /** Opens a storage that is written in JavaScript. */
  static async openStore(store: HostStore): Promise<NativeTransport> {
    const Native = await native();
    return new NativeTransport(await Native.openStore(store));
  }

  async call(call: Call): Promise<unknown> {
    const { org = "", principal = "", operation, envelope } = call;
    const said = envelope && JSON.stringify(envelope);
    const input = call.input as never;
    switch (operation as keyof Others) {
      case "create_org":
        return JSON.parse(await this.#native.createOrg(JSON.stringify(input)));
      case "has_org":
        return this.#native.hasOrg((input as Others["has_org"]).org);
      case "drop_org":
        return this.#native.dropOrg((input as Others["drop_org"]).org);
      case "batch": {
        const requests = JSON.stringify((input as Others["batch"]).requests);
        return JSON.parse(await this.#native.batch(org, principal, requests, said));
      }
      case "explain": {
        const { kind, record } = input as Others["explain"];
        return JSON.parse(await this.#native.explain(org, principal, kind, JSON.stringify(record)));
      }
      case "feed": {
        const { after, limit } = input as Others["feed"];
        return JSON.parse(await this.#native.feed(org, call.principal, after, limit));
      }
      default:
        return JSON.parse(await this.#native.execute(org, principal, operation, JSON.stringify(input), said));
    }
  }

  async close(): Promise<void> {
    await this.#native.close();
  }
}
