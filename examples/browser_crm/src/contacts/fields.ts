import type { FormField } from "../app/form.svelte.ts";

export const stages = ["subscriber", "lead", "opportunity", "customer", "advocate"] as const;

export const fields: FormField[] = [
  { name: "email", label: "Email", type: "email" },
  { name: "phone", label: "Phone", type: "tel" },
  { name: "mobile", label: "Mobile", type: "tel" },
  { name: "title", label: "Title" },
  { name: "department", label: "Department" },
  { name: "linkedin_url", label: "LinkedIn", type: "url" },
  { name: "status", label: "Status", options: ["active", "inactive", "churned"] },
];

export const newFields: FormField[] = [{ name: "first_name", label: "First name" }, { name: "last_name", label: "Last name" }, ...fields.slice(0, 5)];
