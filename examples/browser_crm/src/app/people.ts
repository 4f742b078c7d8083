import type { Assignee } from "nexa-crm";

import type { Choice } from "../design/Menu.svelte";
import { workspace } from "./workspace.svelte.ts";

/** Who has something: a name, and whether it is a group. */
export function holder(assignee: Assignee | null | undefined): { name: string; group: boolean } | undefined {
  if (!assignee) return undefined;
  return "user" in assignee
    ? { name: workspace.nameOfUser(assignee.user), group: false }
    : { name: workspace.nameOfGroup(assignee.group), group: true };
}

/** Everybody and every group to choose from. */
export function holders(current: Assignee | null | undefined, give: (assignee: Assignee) => unknown, groups = true): Choice[] {
  const users = workspace.users.map(
    (user): Choice => ({
      label: user.name,
      icon: "contacts",
      checked: !!current && "user" in current && current.user === user.id,
      run: () => give({ user: user.id }),
    }),
  );
  if (!groups) return users;
  const teams = workspace.groups.map(
    (group): Choice => ({
      label: group.name,
      icon: "group",
      checked: !!current && "group" in current && current.group === group.id,
      run: () => give({ group: group.id }),
    }),
  );
  return [...users, ...teams];
}
