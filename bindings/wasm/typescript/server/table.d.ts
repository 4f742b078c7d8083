import type { Route } from "./routes.js";

/** The routes of all operations, made of the catalog when the package is built. */
export const ROUTES: readonly Route[];
