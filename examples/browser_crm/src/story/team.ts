/** Who works here, and in which groups. Lisa founds the place. */
export const users = [
  { name: "Maria", role: "agent" },
  { name: "Alex", role: "agent" },
  { name: "John", role: "agent" },
  { name: "Nina", role: "agent" },
];

export const groups: { name: string; members: string[] }[] = [
  { name: "Senior sales reps", members: ["maria", "john"] },
  { name: "Sales reps", members: ["maria"] },
  { name: "Technical support", members: ["alex", "nina"] },
  { name: "Engineering", members: ["nina"] },
];
