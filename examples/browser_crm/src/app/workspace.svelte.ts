import { NexaError, open, where, type Crm, type Group, type Session, type User } from "nexa-crm";
import { tick } from "svelte";

import { storage } from "./storage.ts";

/** Who was here at the last visit, so that they need not be asked for before anything else. */
const TEAM = "nexa.team";

/** The tenant of this page; it is found again by this id. */
export const ORG = "019a8d2c-5f00-7000-8000-0000000000c1";

/** Who can be at work here. */
export const personas = [
  { key: "maria", name: "Maria", role: "agent", does: "Sales", sees: "Leads and deals; tickets that are hers, her groups' or nobody's." },
  { key: "alex", name: "Alex", role: "agent", does: "Support", sees: "Tickets that are his, his groups' or nobody's; no admin comments." },
  { key: "lisa", name: "Lisa", role: "admin", does: "Admin", sees: "Everything, and what only admins read." },
] as const;
export type Persona = (typeof personas)[number]["key"];

export const emailOf = (persona: string): string => `${persona}@nexa.example`;

type Team = [users: User[], groups: Group[]];

function remembered(): Team | undefined {
  try {
    return (JSON.parse(localStorage.getItem(TEAM) ?? "null") as Team | undefined) ?? undefined;
  } catch {
    return undefined;
  }
}

export type State = "opening" | "empty" | "ready" | "failed";

class Workspace {
  state = $state<State>("opening");
  problem = $state("");
  /** Whether the data survives the tab. */
  kept = $state(true);
  persona = $state<Persona>("maria");
  session = $state.raw<Session>();
  users = $state.raw<User[]>([]);
  groups = $state.raw<Group[]>([]);
  /** Rises with every change, so that what is shown is asked again. */
  revision = $state(0);
  #crm: Crm = storage;
  #others = new BroadcastChannel("nexa.page");

  get me(): User | undefined {
    return this.users.find((user) => user.email === emailOf(this.persona));
  }

  /** The session of who is at work; only asked for where there is one. */
  get at(): Session {
    if (!this.session) throw new Error("nobody is at work");
    return this.session;
  }

  async start(): Promise<void> {
    this.#others.onmessage = (event) => void this.#heard(event.data);
    const known = remembered();
    if (known) this.#arrive(known);
    // What is shown is asked for first.
    await tick();
    try {
      if (!(await this.#founded(known))) {
        this.state = "empty";
        return;
      }
      const team = await this.#team();
      if (JSON.stringify(team) !== JSON.stringify(known)) await this.enter(team);
    } catch (error) {
      this.problem = String(error instanceof Error ? error.message : error);
      this.state = "failed";
    }
  }

  /** Whether the tenant is there. A browser without files has nothing yet, and keeps it in memory; what a file holds is waited for. */
  async #founded(known: Team | undefined): Promise<boolean> {
    try {
      return await this.#crm.hasOrg(ORG);
    } catch (error) {
      if (known || (error instanceof NexaError && error.retryable)) throw error;
      this.kept = false;
      this.#crm = await open("memory:");
      return false;
    }
  }

  async #heard(message: unknown): Promise<void> {
    if (message === "changed" && this.state === "ready") this.revision += 1;
    else if (message === "begun") await this.enter();
    else if (message === "dropped") location.reload();
  }

  /** Makes the tenant with its first admin. */
  async found(): Promise<Session> {
    return this.#crm.createOrg("Nexa", { id: ORG, admin: { name: "Lisa", email: emailOf("lisa") } });
  }

  sessionOf(user: string): Session {
    return this.#crm.session({ org: ORG, user });
  }

  /** Comes to work in the tenant, as whoever was here last. */
  async enter(team?: Team): Promise<void> {
    this.#arrive(team ?? (await this.#team()));
  }

  #arrive(team: Team): void {
    [this.users, this.groups] = team;
    localStorage.setItem(TEAM, JSON.stringify(team));
    const last = localStorage.getItem("nexa.persona");
    this.become(personas.find((one) => one.key === last)?.key ?? "maria");
    this.state = "ready";
    this.revision += 1;
  }

  /** Everybody, to be named and chosen wherever they stand. */
  async #team(): Promise<Team> {
    const host = this.#crm.system(ORG, "page");
    return Promise.all([host.user.find({ sort: ["name"] }).list(), host.group.find({ sort: ["name"] }).list()]);
  }

  begun(): void {
    this.#others.postMessage("begun");
  }

  become(persona: Persona): void {
    const user = this.users.find((one) => one.email === emailOf(persona));
    if (!user) return;
    this.persona = persona;
    localStorage.setItem("nexa.persona", persona);
    this.session = this.sessionOf(user.id);
  }

  changed(): void {
    this.revision += 1;
    this.#others.postMessage("changed");
  }

  /** Gives the visitor all that this browser keeps, as a SQLite file. */
  async saveBackup(): Promise<void> {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await this.#crm.backup());
    link.download = `nexa-${new Date().toISOString().slice(0, 10)}.db`;
    link.click();
    // The browser has begun to read by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  async dropAll(): Promise<void> {
    await this.#crm.dropOrg(ORG);
    localStorage.removeItem(TEAM);
    this.#others.postMessage("dropped");
    location.hash = "";
    location.reload();
  }

  nameOfUser(id: string | null | undefined): string {
    return this.users.find((user) => user.id === id)?.name ?? "Somebody";
  }

  nameOfGroup(id: string | null | undefined): string {
    return this.groups.find((group) => group.id === id)?.name ?? "A group";
  }

  /** Who acted, from "user:…" or "system:…". */
  nameOfActor(actor: string): string {
    const [sort, id] = actor.split(":");
    return sort === "user" ? this.nameOfUser(id) : "Nexa";
  }
}

export const workspace = new Workspace();
export { where };
