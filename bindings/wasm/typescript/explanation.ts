/** What an actor may do with a record now, and if not, why not. */

import { type NexaError, type WireError, refusal } from "./errors.js";

/** What would become of one operation now. */
export interface Permission {
  /** The operation, such as `ticket.close`. */
  readonly operation: string;
  /** Whether it is allowed, as far as no input is concerned. */
  readonly allowed: boolean;
  /** The refusal that it would meet. */
  readonly refusal?: NexaError;
}

/** An explanation as it is on the wire. */
export type WireExplanation = readonly { operation: string; refusal?: WireError | null }[];

/** The operations that target a record: allowed, or refused with a reason. */
export class Explanation {
  /** All of them. */
  readonly permissions: readonly Permission[];
  /** The operations that are allowed now. */
  readonly allowed: readonly string[];
  /** The others, with the refusal that each would meet. */
  readonly refused: Readonly<Record<string, NexaError>>;

  constructor(wire: WireExplanation) {
    const permissions: Permission[] = [];
    const allowed: string[] = [];
    const refused: Record<string, NexaError> = {};
    for (const one of wire) {
      if (one.refusal) {
        const why = refusal(one.refusal);
        refused[one.operation] = why;
        permissions.push({ operation: one.operation, allowed: false, refusal: why });
      } else {
        allowed.push(one.operation);
        permissions.push({ operation: one.operation, allowed: true });
      }
    }
    this.permissions = permissions;
    this.allowed = allowed;
    this.refused = refused;
  }

  /** Whether an operation is allowed now. */
  allows(operation: string): boolean {
    return this.allowed.includes(operation);
  }

  [Symbol.iterator](): Iterator<Permission> {
    return this.permissions[Symbol.iterator]();
  }
}
