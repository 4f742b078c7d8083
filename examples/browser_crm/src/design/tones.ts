/** A named color of the design; each has a soft companion. */
export type Tone = "blue" | "violet" | "teal" | "green" | "amber" | "red" | "grey";

const tones: Record<string, Tone> = {
  new: "blue",
  contacted: "violet",
  qualified: "teal",
  converted: "green",
  lost: "grey",
  prospecting: "grey",
  qualification: "blue",
  proposal: "violet",
  negotiation: "amber",
  closed_won: "green",
  closed_lost: "red",
  won: "green",
  open: "blue",
  pending: "amber",
  in_progress: "violet",
  resolved: "green",
  closed: "grey",
  low: "grey",
  medium: "blue",
  high: "amber",
  critical: "red",
  customer: "green",
  prospect: "blue",
  partner: "violet",
  vendor: "grey",
  subscriber: "grey",
  lead: "blue",
  opportunity: "violet",
  advocate: "teal",
};

/** The color in which a state is shown everywhere. */
export const toneOf = (state: string): Tone => tones[state] ?? "grey";

/** The band of a score: high from 75, medium from 50. */
export const toneOfScore = (score: number): Tone => (score >= 75 ? "green" : score >= 50 ? "amber" : "grey");
