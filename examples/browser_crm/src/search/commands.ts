import { views, router, type View } from "../app/router.svelte.ts";
import { overlay } from "../app/shortcuts.svelte.ts";
import { theme } from "../app/theme.svelte.ts";
import { personas, workspace } from "../app/workspace.svelte.ts";
import type { IconName } from "../design/Icon.svelte";
import { say } from "../design/words.ts";

export interface Command {
  key: string;
  group: string;
  icon: IconName;
  text: string;
  note: string;
  run: () => void;
}

const make = (view: View, text: string): Command => ({
  key: `new-${view}`,
  group: "Make",
  icon: "plus",
  text,
  note: "",
  run: () => {
    router.go(view);
    setTimeout(() => (overlay.wish = "new"), 50);
  },
});

/** What can be done from anywhere, as far as it begins like this. */
export function commands(text: string): Command[] {
  const all: Command[] = [
    ...views.map((view): Command => ({ key: view, group: "Go to", icon: view, text: say(view), note: `G ${view.charAt(0).toUpperCase()}`, run: () => router.go(view) })),
    make("leads", "New lead"),
    make("pipeline", "New deal"),
    make("tickets", "New ticket"),
    make("contacts", "New contact"),
    ...personas
      .filter((one) => one.key !== workspace.persona)
      .map((one): Command => ({ key: one.key, group: "Work as", icon: "swap", text: `Work as ${one.name}`, note: one.does, run: () => workspace.become(one.key) })),
    { key: "theme", group: "Look", icon: theme.dark ? "sun" : "moon", text: theme.dark ? "Light theme" : "Dark theme", note: "D", run: () => theme.toggle() },
    { key: "help", group: "Look", icon: "help", text: "Keyboard shortcuts", note: "?", run: () => (overlay.help = true) },
  ];
  const sought = text.toLowerCase();
  return all.filter((command) => command.text.toLowerCase().split(" ").some((word) => word.startsWith(sought)) || command.text.toLowerCase().startsWith(sought));
}
