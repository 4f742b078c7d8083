/** Companies: name, industry, tier, parent, employees. */
export const accounts: [string, string, "startup" | "smb" | "mid_market" | "enterprise", string | undefined, number][] = [
  ["Acme Corporation", "Technology", "enterprise", undefined, 8200],
  ["Acme USA", "Technology", "enterprise", "Acme Corporation", 4100],
  ["Acme UK", "Technology", "mid_market", "Acme Corporation", 900],
  ["Acme APAC", "Technology", "mid_market", "Acme Corporation", 1300],
  ["Harborlight Health", "Healthcare", "enterprise", undefined, 5400],
  ["Ridgeway Logistics", "Logistics", "mid_market", undefined, 1250],
  ["Copperfield Bank", "Financial Services", "enterprise", undefined, 11_800],
  ["Juniper & Vale", "Retail", "mid_market", undefined, 760],
  ["Northwind Energy", "Energy", "enterprise", undefined, 3900],
  ["Brightside Learning", "Education", "smb", undefined, 180],
  ["Tidewater Media", "Media", "smb", undefined, 95],
  ["Fernhill Robotics", "Manufacturing", "startup", undefined, 42],
];

/** People: first and last name, title, account, their manager. The mail follows from them. */
export const contacts: [string, string, string, string, string?][] = [
  ["Tom", "Smith", "Procurement Director", "Acme USA"],
  ["Lisa", "Chen", "IT Manager", "Acme USA", "tom.smith@acme-usa.example"],
  ["Oliver", "Grant", "Head of Operations", "Acme UK"],
  ["Mei", "Tanaka", "Regional Director", "Acme APAC"],
  ["Priya", "Raman", "Chief Information Officer", "Harborlight Health"],
  ["Daniel", "Okafor", "Clinical Systems Lead", "Harborlight Health", "priya.raman@harborlight-health.example"],
  ["Ingrid", "Solberg", "VP Supply Chain", "Ridgeway Logistics"],
  ["Marcus", "Bell", "Chief Operating Officer", "Copperfield Bank"],
  ["Amara", "Nwosu", "Head of Digital", "Copperfield Bank", "marcus.bell@copperfield-bank.example"],
  ["Claire", "Dubois", "E-commerce Director", "Juniper & Vale"],
  ["Henrik", "Lund", "IT Director", "Northwind Energy"],
  ["Sofia", "Marin", "Platform Engineer", "Northwind Energy", "henrik.lund@northwind-energy.example"],
  ["Grace", "Adeyemi", "Dean of Programs", "Brightside Learning"],
  ["Noah", "Fischer", "Managing Editor", "Tidewater Media"],
  ["Yuki", "Mori", "Founder", "Fernhill Robotics"],
];

export const domainOf = (account: string): string => `${account.toLowerCase().replaceAll(/[^a-z]+/g, "-")}.example`;
export const mailOf = (first: string, last: string, account: string): string =>
  `${first}.${last}@${domainOf(account)}`.toLowerCase();
