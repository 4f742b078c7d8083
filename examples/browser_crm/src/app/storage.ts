import { opening } from "nexa-crm";

/** The storage, which opens while the rest of the page is still being loaded. */
export const storage = opening("opfs:crm.db");
