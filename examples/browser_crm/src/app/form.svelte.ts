import { NexaError } from "nexa-crm";

import { workspace } from "./workspace.svelte.ts";

/** A field of a form, by its name on the wire. */
export interface FormField {
  name: string;
  label: string;
  type?: "text" | "email" | "tel" | "url" | "date" | "money" | "long";
  options?: readonly string[];
  hint?: string;
  wide?: boolean;
  /** Sent inside an object of this name. */
  within?: string;
}

export type Values = Record<string, unknown>;

/** A form that asks the rules while one types: a dry run shows what is missing or refused, and at which field. */
export class Form {
  values = $state<Record<string, string>>({});
  problem = $state("");
  #at = $state("");
  #touched = $state<string[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(
    readonly operation: string,
    readonly fields: readonly FormField[],
    readonly fixed: Values = {},
    start: Record<string, string> = {},
  ) {
    for (const field of fields) this.values[field.name] = start[field.name] ?? "";
  }

  /** What goes over the wire: what was left empty is left out, or emptied where there was something. */
  get input(): Values {
    const input: Values = { ...this.fixed };
    for (const field of this.fields) {
      const text = (this.values[field.name] ?? "").trim();
      if (!text) continue;
      const value = field.type === "money" ? { amount: text.replaceAll(/[,\s$]/g, ""), currency: "USD" } : text;
      if (field.within) input[field.within] = { ...(input[field.within] as Values | undefined), [field.name]: value };
      else input[field.name] = value;
    }
    return input;
  }

  /** The sentence to show at a field. */
  problemAt(name: string): string | undefined {
    return this.problem && this.#at === name && this.#touched.includes(name) ? this.problem : undefined;
  }

  /** The sentence that belongs to no field, once somebody has tried. */
  get rest(): string {
    const somewhere = this.fields.some((field) => field.name === this.#at);
    return somewhere || !this.#touched.includes("") ? "" : this.problem;
  }

  touch(name: string): void {
    if (!this.#touched.includes(name)) this.#touched = [...this.#touched, name];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), 160);
  }

  async check(): Promise<boolean> {
    const turn = ++this.#turn;
    try {
      await workspace.at.with({ dry_run: true }).execute(this.operation, this.input);
      if (turn === this.#turn) this.refuse("", "");
      return true;
    } catch (error) {
      if (turn === this.#turn) this.#refused(error);
      return false;
    }
  }

  /** Does it. Answers the record, or nothing when it was refused. */
  async send(): Promise<Values | undefined> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#touched = ["", ...this.fields.map((field) => field.name)];
    try {
      const record = (await workspace.at.execute(this.operation, this.input)) as Values;
      workspace.changed();
      return record;
    } catch (error) {
      this.#refused(error);
      return undefined;
    }
  }

  refuse(problem: string, at: string): void {
    this.problem = problem;
    this.#at = at;
  }

  #refused(error: unknown): void {
    const field = error instanceof NexaError ? error.details.field : undefined;
    const named = typeof field === "string" ? (field.split(".").pop() ?? "") : "";
    const known = [field, named].find((name) => this.fields.some((one) => one.name === name));
    this.refuse(error instanceof Error ? error.message : String(error), typeof known === "string" ? known : "");
  }
}
