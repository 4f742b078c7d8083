export const views = ["leads", "pipeline", "tickets", "contacts", "insights"] as const;
export type View = (typeof views)[number];

/** Where somebody is: `#/leads/ID`. */
class Router {
  view = $state<View>("leads");
  id = $state<string>();

  constructor() {
    this.#read();
    addEventListener("hashchange", () => this.#read());
  }

  go(view: View, id?: string): void {
    location.hash = id ? `#/${view}/${id}` : `#/${view}`;
  }

  #read(): void {
    const [, view, id] = location.hash.split("/");
    this.view = views.find((one) => one === view) ?? "leads";
    this.id = id || undefined;
  }
}

export const router = new Router();
export const to = (view: View, id?: string): string => (id ? `#/${view}/${id}` : `#/${view}`);
