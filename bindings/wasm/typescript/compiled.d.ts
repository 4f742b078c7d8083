/** What the compiled part gives; `cargo xtask wasm` builds it, and the package is checked without it as well. */

declare module "*/native/nexa.js" {
  /** The crm in this thread. Text is JSON; every refusal is an object as the wire has it. */
  export class Native {
    private constructor();
    static open(url: string, files?: import("./files.js").FileStore | "memory:"): Promise<Native>;
    static openStore(
      store: import("./store.js").HostStore,
      files?: import("./files.js").FileStore | "memory:",
    ): Promise<Native>;
    static restore(
      url: string,
      restored: string,
      give: (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>,
    ): Promise<void>;
    backup(take: (piece: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<void>;
    createOrg(founding: string): Promise<string>;
    hasOrg(org: string): Promise<boolean>;
    dropOrg(org: string): Promise<void>;
    due(now: string | undefined, limit: number): Promise<string>;
    tick(org: string, limit: number): Promise<string>;
    execute(org: string, principal: string, operation: string, input: string, envelope?: string): Promise<string>;
    batch(org: string, principal: string, requests: string, envelope?: string): Promise<string>;
    explain(org: string, principal: string, kind: string, record: string): Promise<string>;
    feed(org: string, principal: string | undefined, after: string, limit: number, only?: string): Promise<string>;
    exportPage(org: string, principal: string, input: string): Promise<string>;
    upload(org: string, principal: string, input: string, read: () => Promise<Uint8Array | undefined>): Promise<string>;
    download(org: string, principal: string, input: string): Promise<[about: string, first: Uint8Array<ArrayBuffer>]>;
    sweepFiles(org: string, principal: string): Promise<string>;
    begin(org: string, principal: string): Promise<NativeTransaction>;
    rest(): Promise<void>;
    close(): Promise<void>;
  }
  /** An open transaction. */
  export class NativeTransaction {
    private constructor();
    execute(operation: string, input: string, envelope?: string): Promise<string>;
    batch(requests: string, envelope?: string): Promise<string>;
    explain(kind: string, record: string): Promise<string>;
    sql(input: string): Promise<string>;
    commit(): Promise<void>;
    rollBack(): Promise<void>;
  }
  export default function load(from?: { module_or_path: BufferSource | WebAssembly.Module | Response | URL | string | Promise<BufferSource> }): Promise<unknown>;
}

declare module "*/native/rules.js" {
  /** The rules without a storage. */
  export class NativeRules {
    validate(operation: string, input: string): void;
    explain(input: string): Promise<string>;
  }
  export default function load(from?: { module_or_path: BufferSource | WebAssembly.Module | Response | URL | string | Promise<BufferSource> }): Promise<unknown>;
}
