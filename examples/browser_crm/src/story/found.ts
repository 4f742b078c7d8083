import type { Request, Session } from "nexa-crm";

import { emailOf, workspace } from "../app/workspace.svelte.ts";
import { groups, users } from "./team.ts";

/** The people of the place, by name. */
export interface Team {
  lisa: Session;
  user: (name: string) => string;
  group: (name: string) => string;
}

/** The people alone: a place to begin with nothing else in it. */
export async function foundTeam(): Promise<Team> {
  const lisa = await workspace.found();
  await lisa.batch([
    ...users.map((user): Request => ["user.create", { ...user, email: emailOf(user.name.toLowerCase()) }]),
    ...groups.map(({ name }): Request => ["group.create", { name }]),
  ]);
  const [people, teams] = await Promise.all([lisa.user.find().list(), lisa.group.find().list()]);
  const user = (name: string): string => people.find((one) => one.email === emailOf(name))?.id ?? "";
  const group = (name: string): string => teams.find((one) => one.name === name)?.id ?? "";
  const joins = groups.flatMap(({ name, members }) => members.map((member): Request => ["group.add_member", { group: group(name), user: user(member) }]));
  await lisa.batch(joins);
  return { lisa, user, group };
}
