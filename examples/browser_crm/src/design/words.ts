const money = new Map<string, Intl.NumberFormat>();

function format(currency: string, short: boolean): Intl.NumberFormat {
  const key = `${currency}${String(short)}`;
  let known = money.get(key);
  if (!known) {
    known = new Intl.NumberFormat("en-US", {
      style: "currency",
      currency,
      notation: short ? "compact" : "standard",
      maximumFractionDigits: 2,
      minimumFractionDigits: 0,
    });
    money.set(key, known);
  }
  return known;
}

export interface Amount {
  amount: string | number;
  currency: string;
}

/** An amount for reading; `short` says $1.5M instead of $1,500,000. */
export function sum(value: Amount | null | undefined, short = false): string {
  return value ? format(value.currency, short).format(Number(value.amount)) : "–";
}

/** A word of the wire for reading: `in_progress` is "In progress". */
export function say(word: string | null | undefined): string {
  if (!word) return "–";
  const spaced = word.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const count = (value: number): string => value.toLocaleString("en-US");

/** "1 lead", "2 leads". */
export const many = (value: number, one: string, more = `${one}s`): string => `${count(value)} ${value === 1 ? one : more}`;

const steps: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3600, "minute"],
  [86_400, "hour"],
  [604_800, "day"],
  [2_629_800, "week"],
  [31_557_600, "month"],
];
const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto", style: "narrow" });

/** How long ago: "5 min ago". */
export function ago(time: string | null | undefined): string {
  if (!time) return "–";
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  if (Math.abs(seconds) < 45) return "just now";
  let size = 1;
  for (const [below, unit] of steps) {
    if (Math.abs(seconds) < below) return relative.format(Math.round(seconds / size), unit);
    size = below;
  }
  return relative.format(Math.round(seconds / size), "year");
}

const days = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** A date without a time zone. */
export const day = (date: string | null | undefined): string => (date ? days.format(new Date(`${date.slice(0, 10)}T00:00:00Z`)) : "–");

export const moment = (time: string | null | undefined): string => (time ? moments.format(new Date(time)) : "–");

export interface Named {
  first_name?: string | null | undefined;
  last_name?: string | null | undefined;
  email?: string | null | undefined;
  company?: string | null | undefined;
}

/** What to call a person of whom little may be known. */
export function nameOf(person: Named): string {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return name || person.email || person.company || "Unnamed";
}
