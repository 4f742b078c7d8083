// Holds the kernel's conformance suite against the memory and against a storage written in JavaScript.
// It needs the module with the feature `conformance`: `cargo xtask wasm --conformance`.

import { readFile } from "node:fs/promises";

import { MemoryStore, SlowStore } from "./memory-store.mjs";

const folder = new URL("../../native/conformance/", import.meta.url);
const bytes = await readFile(new URL("nexa_bg.wasm", folder));

/** A module that no failed check has left half done. */
async function fresh() {
    const module = await import(new URL(`nexa.js?${Math.random()}`, folder).href);
    await module.default({ module_or_path: bytes });
    return module;
}

let module = await fresh();
let failed = 0;
const names = module.conformanceChecks();
for (const [storage, check] of [
    ["memory", (name) => module.checkMemory(name)],
    ["JavaScript", (name) => module.checkStore(name, new MemoryStore())],
]) {
    for (const name of names) {
        try {
            check(name);
        } catch (problem) {
            failed += 1;
            console.error(`${storage}: ${name}: ${problem}`);
            module = await fresh();
        }
    }
    console.log(`${storage}: ${names.length} checks`);
}

// A storage whose answers are promises, with many calls at once, and its tenants in another Crm afterwards.
const store = new SlowStore();
const first = await module.Native.openStore(store);
const founding = { name: "Acme", admin_name: "Lisa", admin_email: "lisa@acme.example" };
const { org, principal } = JSON.parse(await first.createOrg(JSON.stringify(founding)));
const create = (number) =>
    first.execute(org, principal, "lead.create", JSON.stringify({ email: `lead${number}@example.com` }), undefined);
await Promise.all(Array.from({ length: 20 }, (_, number) => create(number)));
await first.close();
const second = await module.Native.openStore(store);
const count = await second.execute(org, principal, "lead.count", "{}", undefined);
const verified = JSON.parse(await second.execute(org, principal, "ledger.verify", "{}", undefined));
const found = JSON.parse(await second.execute(org, principal, "lead.search", JSON.stringify({ text: "lead7" }), undefined));
if (count !== "20" || found.items.length !== 1 || verified.events < 20) {
    failed += 1;
    console.error("promises:", { count, found, verified });
}
console.log(`promises: ${count} leads, ${verified.events} events verified`);
const refusing = { head: () => 0, load: () => ({ rows: [], events: [] }), dropOrg() {}, commit() { throw new Error("the disk is full"); } };
const refused = await module.Native.openStore(refusing);
const problem = await refused.createOrg(JSON.stringify(founding)).then(() => undefined, (problem) => problem);
if (problem?.code !== "store.host_failed" || !problem.message.includes("the disk is full")) {
    failed += 1;
    console.error("refused:", problem);
}
// A trap rejects the work that met it, and whatever is called afterwards.
for (const work of [() => module.trappingWork(), () => first.hasOrg(org)]) {
    const problem = await work().then(() => undefined, (problem) => problem);
    if (problem?.code !== "crm.panicked" || !problem.params.problem) {
        failed += 1;
        console.error("trap:", problem);
    }
}
process.exit(failed === 0 ? 0 : 1);
