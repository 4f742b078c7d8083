/** The transport into the compiled part in this thread. */

import type { Native } from "../native/nexa.js";
import type { HostStore } from "./store.js";
import type { TextCall, TextTransport } from "./transport.js";
import { source } from "./wasm.js";

type Module = typeof import("../native/nexa.js");

let loading: Promise<Module["Native"]> | undefined;

/** The compiled part, loaded once. */
async function native(): Promise<Module["Native"]> {
  loading ??= import("../native/nexa.js").then(async (module) => {
    await module.default(await source("nexa_bg.wasm"));
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

/** A crm in this thread. */
export class NativeTransport implements TextTransport {
  readonly #native: Native;

  private constructor(crm: Native) {
    this.#native = crm;
  }

  /** Loads the compiled part, so that opening finds it there. */
  static prepare(): void {
    // What fails now is tried again, and told, when it is opened.
    native().catch(() => undefined);
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

  async text({ org = "", principal, operation, input, envelope }: TextCall): Promise<string> {
    const crm = this.#native;
    const actor = principal ?? "";
    const said = envelope && JSON.stringify(envelope);
    switch (operation) {
      case "create_org":
        return crm.createOrg(input);
      case "has_org":
        return JSON.stringify(await crm.hasOrg((JSON.parse(input) as { org: string }).org));
      case "drop_org":
        await crm.dropOrg((JSON.parse(input) as { org: string }).org);
        return "null";
      case "batch": {
        const { requests } = JSON.parse(input) as { requests: unknown };
        return crm.batch(org, actor, JSON.stringify(requests), said);
      }
      case "explain": {
        const { kind, record } = JSON.parse(input) as { kind: string; record: unknown };
        return crm.explain(org, actor, kind, JSON.stringify(record));
      }
      case "feed": {
        const { after, limit } = JSON.parse(input) as { after: string; limit: number };
        return crm.feed(org, principal, after, limit);
      }
      case "export":
        return crm.exportPage(org, actor, input);
      default:
        return crm.execute(org, actor, operation, input, said);
    }
  }

  /** Does what a file puts off until nobody asks for anything. */
  async rest(): Promise<void> {
    await this.#native.rest();
  }

  async close(): Promise<void> {
    await this.#native.close();
  }
}
