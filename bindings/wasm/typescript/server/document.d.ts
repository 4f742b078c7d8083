import type { Document } from "./openapi.js";

/** The document of OpenAPI, made of the catalog when the package is built. */
export const DOCUMENT: Document;
