/** What somebody does with a ticket: what, who, and with which words. */
export type Step =
  | ["claim", string]
  | ["group", string]
  | ["move", string, "pending" | "in_progress"]
  | ["comment", string, string, "admins"?]
  | ["escalate", string, string, string]
  | ["resolve", string, string]
  | ["close", string];

export interface StoryTicket {
  subject: string;
  description: string;
  priority: "low" | "medium" | "high" | "critical";
  type: "question" | "problem" | "incident" | "bug" | "feature_request";
  channel: "email" | "chat" | "phone" | "web";
  customer: { name: string; email: string; company: string };
  steps: Step[];
}

const from = (name: string, company: string, email: string): StoryTicket["customer"] => ({ name, company, email });
const sarah = from("Sarah Johnson", "Acme Corp", "sarah@acme.example");

const row = (
  subject: string,
  description: string,
  kind: [StoryTicket["priority"], StoryTicket["type"], StoryTicket["channel"]],
  customer: StoryTicket["customer"],
  ...steps: Step[]
): StoryTicket => ({ subject, description, priority: kind[0], type: kind[1], channel: kind[2], customer, steps });

/** The Monday of Sarah's dashboard, the export that broke for five customers, and a queue as it stands on any day. */
export const tickets: StoryTicket[] = [
  row(
    "Cannot access dashboard",
    "Customer unable to log in since this morning.",
    ["high", "incident", "email"],
    sarah,
    ["claim", "alex"],
    ["move", "alex", "in_progress"],
    ["comment", "alex", "Account locked due to multiple failed login attempts."],
    ["comment", "lisa", "Check whether others at Acme were locked out as well before we answer.", "admins"],
    ["comment", "alex", "Customer confirmed issue resolved."],
    ["resolve", "alex", "Account unlocked. Password reset sent by mail."],
    ["close", "lisa"],
  ),
  row(
    "Export function not working",
    "When I try to export contacts to CSV, I get an error message: Module csv-parser not found.",
    ["critical", "bug", "email"],
    from("Amara Nwosu", "Copperfield Bank", "amara.nwosu@copperfield-bank.example"),
    ["claim", "alex"],
    ["move", "alex", "in_progress"],
    ["comment", "alex", "Reproduced: Dashboard → Contacts → Export → CSV. All customers on v2.1.5 are affected."],
    ["escalate", "alex", "Engineering", "Missing dependency in the deployment; blocks core functionality"],
    ["comment", "lisa", "Copperfield's group contract is in negotiation. Keep John informed before anyone calls them.", "admins"],
  ),
  row("CSV export stops at 0 %", "The export of our ticket list never starts.", ["high", "bug", "chat"], from("Henrik Lund", "Northwind Energy", "henrik.lund@northwind-energy.example"), ["group", "Technical support"], ["comment", "alex", "Same cause as the export ticket of Copperfield; JSON export works in the meantime."]),
  row("Exported file is empty", "We get a file of 0 bytes every time.", ["high", "bug", "email"], from("Claire Dubois", "Juniper & Vale", "claire.dubois@juniper-vale.example"), ["group", "Technical support"]),
  row("Error message when exporting contacts", "It says that a module is missing.", ["medium", "bug", "web"], from("Noah Fischer", "Tidewater Media", "noah.fischer@tidewater-media.example"), ["claim", "alex"], ["move", "alex", "pending"]),
  row("Scheduled export did not arrive", "The weekly mail with the export is missing.", ["medium", "bug", "email"], from("Grace Adeyemi", "Brightside Learning", "grace.adeyemi@brightside-learning.example")),
  row("Single sign-on loops back to the login page", "Since the certificate change our people are sent back to the login again and again.", ["critical", "incident", "phone"], from("Priya Raman", "Harborlight Health", "priya.raman@harborlight-health.example"), ["group", "Technical support"]),
  row("Invoice shows the wrong address", "We moved in spring; please correct the last two invoices too.", ["low", "question", "email"], from("Ingrid Solberg", "Ridgeway Logistics", "ingrid.solberg@ridgeway-logistics.example"), ["claim", "maria"]),
  row("How do I add a second sender address?", "We want to answer as sales@ and support@.", ["low", "question", "chat"], from("Yuki Mori", "Fernhill Robotics", "yuki.mori@fernhill-robotics.example")),
  row("Webhook calls arrive twice", "Each deal update reaches our endpoint two times within a second.", ["high", "problem", "web"], from("Sofia Marin", "Northwind Energy", "sofia.marin@northwind-energy.example")),
  row("Import maps the phone number to the fax field", "The guess for the column \"Tel.\" is wrong.", ["medium", "problem", "email"], from("Oliver Grant", "Acme UK", "oliver.grant@acme-uk.example")),
  row("Reports load slowly on Mondays", "Between nine and ten the pipeline report takes half a minute.", ["medium", "problem", "phone"], from("Tom Smith", "Acme USA", "tom.smith@acme-usa.example"), ["claim", "nina"], ["move", "nina", "in_progress"], ["comment", "nina", "The report cache is warmed at ten; moving that to seven."]),
  row("Excel export, and one that runs by itself", "CSV is fine, but finance wants XLSX every Friday.", ["low", "feature_request", "web"], from("Marcus Bell", "Copperfield Bank", "marcus.bell@copperfield-bank.example")),
  row("Two contacts for the same person", "Daniel is there twice, with both of his addresses.", ["low", "question", "email"], from("Daniel Okafor", "Harborlight Health", "daniel.okafor@harborlight-health.example"), ["claim", "maria"], ["resolve", "maria", "Merged; both addresses lead to the same contact now."]),
  row("Calendar sync drops recurring meetings", "Only the first of a series is shown.", ["high", "bug", "chat"], from("Mei Tanaka", "Acme APAC", "mei.tanaka@acme-apac.example"), ["claim", "nina"]),
  row("Password reset mail goes to spam", "Our filter moves it; which sender should we allow?", ["medium", "question", "phone"], from("Lisa Chen", "Acme USA", "lisa.chen@acme-usa.example"), ["claim", "alex"], ["resolve", "alex", "Allow mail.nexa.example; the new SPF record is published."]),
];
