/** The transport into the compiled part in this thread. */

import type { Native } from "../native/nexa.js";
import { imageOf } from "./backup.js";
import { type FileStore, piecesOf } from "./files.js";
import { Incoming } from "./incoming.js";
import type { Restoring } from "./messages.js";
import type { HostStore } from "./store.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";
import { Turn } from "./turn.js";
import { source, type WasmSource } from "./wasm.js";

type Module = typeof import("../native/nexa.js");

let loading: Promise<Module["Native"]> | undefined;

/** The compiled part, loaded once, from where whoever asks first says. */
async function native(wasm?: WasmSource): Promise<Module["Native"]> {
  loading ??= import("../native/nexa.js").then(async (module) => {
    await module.default(await source("nexa_bg.wasm", wasm));
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

/** Where the bytes of files are. */
export type FilePlace = FileStore | "memory:";

/** A crm in this thread. */
export class NativeTransport implements TextTransport {
  readonly #native: Native;
  /** Ends with the backup that was asked for last: they are made one after another. */
  #backups: Promise<unknown> = Promise.resolve();
  readonly #incoming = new Incoming();
  readonly #turn = new Turn();

  private constructor(crm: Native) {
    this.#native = crm;
  }

  /** Loads the compiled part, so that opening finds it there. */
  static prepare(): void {
    // What fails now is tried again, and reported, when it is opened.
    native().catch(() => undefined);
  }

  /** Opens `memory:`, or in a dedicated worker `opfs:NAME`, with a place for the bytes of files. */
  static async open(url: string, files: FilePlace, wasm?: WasmSource): Promise<NativeTransport> {
    const Native = await native(wasm);
    return new NativeTransport(await Native.open(url, files));
  }

  /** Opens a storage that is written in JavaScript. */
  static async openStore(store: HostStore, files?: FilePlace, wasm?: WasmSource): Promise<NativeTransport> {
    const Native = await native(wasm);
    return new NativeTransport(await Native.openStore(store, files));
  }

  /** Puts a backup at its place, in a dedicated worker; `open` says that somebody has the database there open. */
  static async restore({ backup, name, url, overwrite }: Restoring, open: boolean): Promise<void> {
    const Native = await native();
    const restored = { backup: name, size: backup.size, overwrite, open };
    await Native.restore(url, JSON.stringify(restored), async (from: number, to: number) => {
      return new Uint8Array(await backup.slice(from, to).arrayBuffer());
    });
  }

  async text(call: TextCall): Promise<TextAnswer> {
    if (call.transaction !== undefined) return this.#turn.call(call);
    if (this.#turn.taken) await this.#turn.free();
    const { org = "", principal, operation, input, envelope, bytes } = call;
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
      case "due": {
        const { now, limit } = JSON.parse(input) as { now?: string; limit: number };
        return crm.due(now, limit);
      }
      case "tick": {
        const said = JSON.parse(input) as { org: string; limit: number };
        return crm.tick(said.org, said.limit);
      }
      case "backup":
        return this.#backup();
      case "batch": {
        const { requests } = JSON.parse(input) as { requests: unknown };
        return crm.batch(org, actor, JSON.stringify(requests), said);
      }
      case "transaction_begin":
        return this.#turn.begin(() => crm.begin(org, actor));
      case "explain": {
        const { kind, record } = JSON.parse(input) as { kind: string; record: unknown };
        return crm.explain(org, actor, kind, JSON.stringify(record));
      }
      case "feed": {
        const { after, limit, only } = JSON.parse(input) as { after: string; limit: number; only?: unknown };
        return crm.feed(org, principal, after, limit, only === undefined ? undefined : JSON.stringify(only));
      }
      case "export":
        return crm.exportPage(org, actor, input);
      case "upload":
        return crm.upload(org, actor, input, piecesOf(bytes instanceof Blob ? bytes : new Blob()));
      case "upload_begin": {
        const { upload, ...said } = JSON.parse(input) as { upload: string };
        this.#incoming.begin(upload, (read) => crm.upload(org, actor, JSON.stringify(said), read));
        return "null";
      }
      case "upload_piece": {
        const { upload, number } = JSON.parse(input) as { upload: string; number: number };
        await this.#incoming.give(upload, number, bytes instanceof Uint8Array ? bytes : new Uint8Array());
        return "null";
      }
      case "upload_end":
        return this.#incoming.end((JSON.parse(input) as { upload: string }).upload);
      case "upload_stop":
        await this.#incoming.stop((JSON.parse(input) as { upload: string }).upload);
        return "null";
      case "download": {
        const [about, first] = await crm.download(org, actor, input);
        return { about, bytes: first };
      }
      case "sweep_files":
        return crm.sweepFiles(org, actor);
      default:
        return crm.execute(org, actor, operation, input, said);
    }
  }

  async #backup(): Promise<Blob> {
    const image = this.#backups.then(() => imageOf((take) => this.#native.backup(take)));
    this.#backups = image.catch(() => undefined);
    return image;
  }

  /** Does what a file puts off until nobody asks for anything. */
  async rest(): Promise<void> {
    await this.#native.rest();
  }

  async close(): Promise<void> {
    await this.#turn.close();
    await this.#incoming.close();
    await this.#native.close();
  }
}
