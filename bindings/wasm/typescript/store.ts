/** A storage that the host writes in JavaScript. */

/** The few methods of a storage. */
export type HostStore = object;
