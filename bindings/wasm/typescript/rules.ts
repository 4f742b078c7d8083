/**
 * The rules without a storage: whether an operation's input is well-formed, and what an actor may do with a record that
 * a server sent.
 *
 * @module
 */

import type { NativeRules } from "../native/rules.js";
import { NexaError, thrown } from "./errors.js";
import { Explanation, type WireExplanation } from "./explanation.js";
import type { User } from "./generated/records/user.js";
import type { KindName, RecordTable } from "./generated/session.js";
import type { OperationName, OperationTable } from "./generated/table.js";
import { source, type WasmSource } from "./wasm.js";

export {
  Conflict,
  Forbidden,
  Invalid,
  NexaError,
  NotFound,
  RuleViolation,
  Unavailable,
  type WireError,
} from "./errors.js";
export { Explanation, type Permission } from "./explanation.js";

/** What is explained: a record as an actor meets it, with the records that the rules look at. */
export type Scene = {
  [K in KindName]: {
    /** The user who would act. */
    actor: User;
    /** The kind of the record. */
    kind: K;
    /** The record. */
    record: RecordTable[K];
    /** Other records, by kind. */
    with?: { [Other in KindName]?: readonly RecordTable[Other][] };
  };
}[KindName];

/** The rules, loaded. */
export class Rules {
  readonly #native: NativeRules;

  constructor(native: NativeRules) {
    this.#native = native;
  }

  /** What is wrong with an operation's input, as far as it can be known without records; nothing when it is well-formed. */
  problem<N extends OperationName>(operation: N, input: OperationTable[N]["input"]): NexaError | undefined {
    try {
      this.validate(operation, input);
      return undefined;
    } catch (problem) {
      if (problem instanceof NexaError) return problem;
      throw problem;
    }
  }

  /** The same, thrown. */
  validate<N extends OperationName>(operation: N, input: OperationTable[N]["input"]): void {
    try {
      this.#native.validate(operation, JSON.stringify(input));
    } catch (problem) {
      throw thrown(problem);
    }
  }

  /** What an actor may do with a record that a server sent, and if not, why not. */
  async explain(scene: Scene): Promise<Explanation> {
    try {
      return new Explanation(JSON.parse(await this.#native.explain(JSON.stringify(scene))) as WireExplanation);
    } catch (problem) {
      throw thrown(problem);
    }
  }
}

let loading: Promise<Rules> | undefined;

/** Loads the rules, once; from `wasm`, where the compiled part `rules_bg.wasm` is not beside the script. */
export async function loadRules({ wasm }: { wasm?: WasmSource } = {}): Promise<Rules> {
  loading ??= import("../native/rules.js").then(async (module) => {
    await module.default(await source("rules_bg.wasm", wasm));
    return new Rules(new module.NativeRules());
  });
  try {
    return await loading;
  } catch (problem) {
    // The network may be back another time.
    loading = undefined;
    throw problem;
  }
}
