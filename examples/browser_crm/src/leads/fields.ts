import type { FormField } from "../app/form.svelte.ts";

export const sizes = ["startup", "small", "medium", "enterprise"] as const;
export const sources = ["website", "referral", "event", "cold_call", "social_media", "webinar"] as const;

/** What one writes down about a lead. */
export const fields: FormField[] = [
  { name: "email", label: "Email", type: "email" },
  { name: "phone", label: "Phone", type: "tel" },
  { name: "company", label: "Company" },
  { name: "title", label: "Title" },
  { name: "industry", label: "Industry" },
  { name: "company_size", label: "Company size", options: sizes },
  { name: "source", label: "Source", options: sources },
  { name: "website", label: "Website", type: "url" },
];

/** What a lead is, and why somebody may have it. */
export const newFields: FormField[] = [{ name: "first_name", label: "First name" }, { name: "last_name", label: "Last name" }, ...fields];

/** What a lead may have done; the scorecard counts it. */
export const signals = ["replied", "demo_requested", "mail_opened", "attended", "question_asked", "content_downloaded", "registered_early"] as const;

export const criteria = ["budget", "authority", "need", "timeline"] as const;
