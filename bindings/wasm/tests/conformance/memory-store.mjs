// A storage written in JavaScript: what a host writes to keep tenants wherever it likes.

// @ts-check
/** @typedef {import("../../native/nexa.js").HostStore} HostStore */
/** @typedef {import("../../native/nexa.js").WrittenUnit} WrittenUnit */
/** @typedef {{ rows: Map<string, import("../../native/nexa.js").StoredRow>, events: import("../../native/nexa.js").StoredEvent[] }} Tenant */

/** @implements {HostStore} */
export class MemoryStore {
    /** @type {Map<string, Tenant>} */
    #tenants = new Map();

    /** @param {string} org */
    head(org) {
        return this.#tenants.get(org)?.events.at(-1)?.seq ?? 0;
    }

    /** @param {string} org */
    load(org) {
        const tenant = this.#tenants.get(org);
        return { rows: [...(tenant?.rows.values() ?? [])], events: tenant?.events ?? [] };
    }

    /**
     * @param {string} org
     * @param {WrittenUnit} unit
     */
    commit(org, unit) {
        if (this.head(org) !== unit.after) {
            throw new Error("somebody else has written; try again");
        }
        const tenant = this.#tenants.get(org) ?? { rows: new Map(), events: [] };
        for (const { kind, id, row } of unit.rows) {
            if (row === null) tenant.rows.delete(`${kind} ${id}`);
            else tenant.rows.set(`${kind} ${id}`, { kind, id, row });
        }
        for (const seq of unit.erased) {
            const event = tenant.events[seq - 1];
            if (event) Object.assign(event, { salt: null, reason: null, payload: null });
        }
        tenant.events.push(...unit.events);
        this.#tenants.set(org, tenant);
    }

    /** @param {string} org */
    dropOrg(org) {
        this.#tenants.delete(org);
    }
}

/** The same, but its answers are promises, and it says each time that it has moved, so that everything is loaded again. */
export class SlowStore {
    #inner = new MemoryStore();
    /** @param {string} org */
    async head(org) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return this.#inner.head(org);
    }
    /** @param {string} org */
    async load(org) {
        return structuredClone(this.#inner.load(org));
    }
    /**
     * @param {string} org
     * @param {WrittenUnit} unit
     */
    async commit(org, unit) {
        this.#inner.commit(org, structuredClone(unit));
    }
    /** @param {string} org */
    async dropOrg(org) {
        this.#inner.dropOrg(org);
    }
}
