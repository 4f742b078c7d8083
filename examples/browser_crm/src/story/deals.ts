type Stage = "prospecting" | "qualification" | "proposal" | "negotiation" | "won" | "lost";

export interface StoryDeal {
  name: string;
  thousands: number;
  stage: Stage;
  account: string;
  contact: string;
  owner: "maria" | "john";
  type?: "new_business" | "upsell" | "renewal" | "cross_sell";
  /** When it should close: days from today. */
  due: number;
  next?: string;
  lost?: string;
}

const row = (
  stage: Stage,
  thousands: number,
  name: string,
  account: string,
  contact: string,
  owner: "maria" | "john",
  due: number,
  more: Partial<StoryDeal> = {},
): StoryDeal => ({ stage, thousands, name, account, contact, owner, due, ...more });

/** With Sarah's colleagues' three deals of $50K in qualification: $500K, $1M, $1.5M and $2M, which weigh $2.55M. */
export const deals: StoryDeal[] = [
  row("prospecting", 180, "Harborlight – Clinic rollout", "Harborlight Health", "priya.raman", "maria", 120, { next: "Send the security overview" }),
  row("prospecting", 140, "Tidewater – Newsroom workspace", "Tidewater Media", "noah.fischer", "john", 95),
  row("prospecting", 110, "Fernhill – Starter plan", "Fernhill Robotics", "yuki.mori", "maria", 80, { next: "Book a first demo" }),
  row("prospecting", 70, "Brightside – Campus pilot", "Brightside Learning", "grace.adeyemi", "maria", 110),
  row("qualification", 320, "Northwind – Field service", "Northwind Energy", "henrik.lund", "john", 75, { next: "Meet the works council" }),
  row("qualification", 290, "Ridgeway – Fleet desk", "Ridgeway Logistics", "ingrid.solberg", "maria", 62),
  row("qualification", 240, "Juniper & Vale – Store support", "Juniper & Vale", "claire.dubois", "maria", 70, { next: "Confirm the budget owner" }),
  row("proposal", 520, "Copperfield – Branch platform", "Copperfield Bank", "amara.nwosu", "john", 48, { next: "Walk through the three tiers" }),
  row("proposal", 380, "Acme UK – Enterprise plan", "Acme UK", "oliver.grant", "maria", 40, { type: "cross_sell" }),
  row("proposal", 350, "Harborlight – Patient portal", "Harborlight Health", "daniel.okafor", "maria", 55),
  row("proposal", 250, "Acme APAC – Enterprise plan", "Acme APAC", "mei.tanaka", "john", 52, { type: "cross_sell" }),
  row("negotiation", 900, "Copperfield – Group contract", "Copperfield Bank", "marcus.bell", "john", 21, { next: "Executive call to close" }),
  row("negotiation", 640, "Acme USA – Renewal and seats", "Acme USA", "tom.smith", "maria", 14, { type: "renewal", next: "Legal reviews the redlines" }),
  row("negotiation", 460, "Northwind – Analytics add-on", "Northwind Energy", "sofia.marin", "maria", 18, { type: "upsell" }),
  row("won", 210, "Ridgeway – Support seats", "Ridgeway Logistics", "ingrid.solberg", "maria", 0),
  row("won", 160, "Juniper & Vale – Pilot", "Juniper & Vale", "claire.dubois", "john", 0),
  row("won", 95, "Brightside – Teacher desk", "Brightside Learning", "grace.adeyemi", "maria", 0),
  row("lost", 130, "Tidewater – Archive search", "Tidewater Media", "noah.fischer", "john", 0, { lost: "Chose to build it themselves" }),
  row("lost", 60, "Fernhill – Design partner", "Fernhill Robotics", "yuki.mori", "maria", 0, { lost: "No budget this year" }),
];
