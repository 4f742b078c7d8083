import { router, type View } from "./router.svelte.ts";
import { theme } from "./theme.svelte.ts";

/** What is open over the page. */
class Overlay {
  palette = $state(false);
  help = $state(false);
  /** What the view in sight should make new, or look for. */
  wish = $state<"new" | "find">();
}

export const overlay = new Overlay();

export const shortcuts: [string, string][] = [
  ["⌘ K", "Search everything"],
  ["G L", "Leads"],
  ["G P", "Pipeline"],
  ["G T", "Tickets"],
  ["G C", "Contacts"],
  ["G I", "Insights"],
  ["N", "New lead, deal, ticket or contact"],
  ["/", "Filter the list"],
  ["↑ ↓", "Move in a list or on the board"],
  ["Enter", "Open"],
  ["Space", "Pick up a deal; arrows move it, Space drops it"],
  ["Esc", "Close, or put back"],
  ["D", "Dark or light"],
  ["?", "This help"],
];

const places: Record<string, View> = { l: "leads", p: "pipeline", t: "tickets", c: "contacts", i: "insights" };
let going = 0;

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** The keys that work everywhere. */
export function pressed(event: KeyboardEvent): void {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    overlay.palette = !overlay.palette;
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey || writing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const place = Date.now() - going < 1200 ? places[key] : undefined;
  going = key === "g" ? Date.now() : 0;
  if (place) router.go(place);
  else if (key === "?") overlay.help = true;
  else if (key === "d") theme.toggle();
  else if (key === "n") overlay.wish = "new";
  else if (key === "/") overlay.wish = "find";
  else return;
  event.preventDefault();
}
