import type { Account, Deal, StageValue } from "nexa-crm";

import { act } from "../app/act.ts";
import { workspace } from "../app/workspace.svelte.ts";
import { say } from "../design/words.ts";

/** A deal as the board shows it, with its account. */
export type Shown = Deal & { related?: { account?: Account | undefined } };

/** A deal that is being carried, by hand or by keys. */
export interface Carried {
  deal: Shown;
  over: string;
  /** Where the pointer is; nothing when keys carry it. */
  at?: { x: number; y: number; dx: number; dy: number; width: number };
}

/** The board's state: what is carried, and what was just dropped and is not read again yet. */
export class Board {
  carried = $state.raw<Carried>();
  losing = $state.raw<Deal>();
  said = $state("");
  stages = $state.raw<StageValue[]>([]);
  #dropped = $state.raw(new Map<string, string>());

  stageOf(deal: Deal): string {
    return this.#dropped.get(deal.id) ?? deal.stage;
  }

  lift(deal: Shown, at?: Carried["at"]): void {
    this.carried = { deal, over: deal.stage, ...(at && { at }) };
    if (!at) this.said = `${deal.name} picked up from ${say(deal.stage)}. Left and right move it, Space drops it, Escape puts it back.`;
  }

  over(stage: string, at?: Carried["at"]): void {
    if (!this.carried) return;
    this.carried = { ...this.carried, over: stage, ...(at && { at }) };
    if (!at) this.said = `Over ${say(stage)}`;
  }

  step(by: number): void {
    const at = this.stages.findIndex((stage) => stage.stage === this.carried?.over);
    const next = this.stages[Math.max(0, Math.min(this.stages.length - 1, at + by))];
    if (next) this.over(next.stage);
  }

  putBack(): void {
    if (this.carried) this.said = `${this.carried.deal.name} put back`;
    this.carried = undefined;
  }

  async drop(): Promise<void> {
    const carried = this.carried;
    this.carried = undefined;
    if (!carried || carried.over === carried.deal.stage) return;
    await this.move(carried.deal, carried.over);
  }

  /** Brings a deal to a stage the way the rules want it: won, lost with a reason, reopened, or moved. */
  async move(deal: Deal, stage: string): Promise<void> {
    const kind = this.stages.find((one) => one.stage === stage)?.kind ?? "open";
    if (kind === "lost") {
      this.losing = deal;
      return;
    }
    this.#dropped = new Map([...this.#dropped, [deal.id, stage]]);
    const s = workspace.at;
    const ref = { deal: deal.id };
    const before = deal.stage;
    const moved = await act(
      (): Promise<unknown> => {
        if (kind === "won") return deal.status === "lost" ? s.batch([["deal.reopen", ref], ["deal.win", ref]]) : s.deal.win(ref);
        if (deal.status === "open") return s.deal.move({ ...ref, stage });
        return deal.stage_before_close === stage ? s.deal.reopen(ref) : s.batch([["deal.reopen", ref], ["deal.move", { ...ref, stage }]]);
      },
      {
        done: kind === "won" ? `${deal.name}: won` : `${deal.name}: ${say(stage)}`,
        ...(deal.status === "open" && {
          undo: () => (kind === "won" ? s.deal.reopen(ref) : s.deal.move({ ...ref, stage: before })),
        }),
      },
    );
    this.said = moved ? `${deal.name} moved to ${say(stage)}` : `${deal.name} stays in ${say(before)}`;
    if (!moved) this.settle(deal.id);
  }

  /** The deals were read again, so what was dropped needs no memory. */
  settle(id?: string): void {
    if (!this.#dropped.size) return;
    const left = new Map(this.#dropped);
    if (id) left.delete(id);
    else left.clear();
    this.#dropped = left;
  }
}
