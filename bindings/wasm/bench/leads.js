/** Leads as an import brings them, the same in every run. */

const FIRST = ["Ada", "Grace", "Linus", "Barbara", "Edsger", "Radia", "Alan", "Katherine", "Donald", "Margaret", "Hedy", "Ken"];
const LAST = ["Byron", "Hopper", "Torvalds", "Liskov", "Dijkstra", "Perlman", "Turing", "Johnson", "Knuth", "Hamilton", "Lamarr"];
const TRADE = ["Steel", "Foods", "Robotics", "Textiles", "Energy", "Health", "Logistics"];
const TITLE = ["Manager", "Director", "Engineer", "Assistant", "CEO"];

/** So many leads from a number on; no two have the same address. */
export function leads(from, count) {
  return Array.from({ length: count }, (_, place) => {
    const at = from + place;
    const [first, last] = [FIRST[at % FIRST.length], `${LAST[(at * 7) % LAST.length]}${at % 1009}`];
    return {
      first_name: first,
      last_name: last,
      email: `${first}.${last}.${at}@firm${at % 977}.example`.toLowerCase(),
      phone: `+1 555 ${String(1_000_000 + (at % 8_999_999))}`,
      company: `${TRADE[at % TRADE.length]} Works ${at % 977}`,
      title: TITLE[at % TITLE.length],
      industry: TRADE[at % TRADE.length],
      company_size: at % 7 ? "small" : "enterprise",
    };
  });
}

/** What somebody types, letter by letter: a first name, a last name, a company. */
export const TYPED = ["grace", "hopper12", "robotics"].flatMap((word) => [...word].map((_, at) => word.slice(0, at + 1)));
