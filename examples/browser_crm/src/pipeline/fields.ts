import type { FormField } from "../app/form.svelte.ts";

export const types = ["new_business", "upsell", "renewal", "cross_sell"] as const;

export const fields: FormField[] = [
  { name: "amount", label: "Amount, USD", type: "money" },
  { name: "close_date", label: "Close date", type: "date" },
  { name: "type", label: "Type", options: types },
  { name: "next_step", label: "Next step" },
  { name: "source", label: "Source" },
];

export const newFields: FormField[] = [{ name: "name", label: "Name", wide: true }, ...fields.slice(0, 4)];
