/** How a call can be made again when nobody knows whether it was done. */

import type { NexaError } from "./errors.js";
import { OPERATIONS } from "./generated/names.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";

/** Calls beside the catalog that can be made again: a tick does what is due once, and an upload that nobody attaches goes by itself. */
const AGAIN = new Set([
  ...["explain", "feed", "export", "has_org", "backup", "due", "tick", "download", "sweep_files"],
  ...["upload", "upload_begin", "upload_piece", "upload_end", "upload_stop"],
]);

/** Whether a call changes nothing when it is made again. */
function asks(operation: string): boolean {
  const [group = "", verb] = operation.split(".");
  if (verb === undefined) return AGAIN.has(operation);
  const verbs = OPERATIONS[group]?.split(" ") ?? [];
  return verbs.includes(`${verb}?`) || verbs.includes(`${verb}*`);
}

/** The same call, such that making it again does nothing twice: a command gets an idempotency key, a tenant its id. */
export function repeatable(call: TextCall, newId: () => string): TextCall {
  // With its owner a transaction is gone, and so is what was done in it.
  if (call.transaction !== undefined || call.operation === "transaction_begin") return call;
  if (asks(call.operation) || call.operation === "drop_org") return call;
  if (call.operation === "create_org") {
    const founding = JSON.parse(call.input) as { id?: string };
    return founding.id === undefined ? { ...call, input: JSON.stringify({ ...founding, id: newId() }) } : call;
  }
  const envelope = call.envelope ?? {};
  if (envelope.idempotency_key !== undefined || envelope.dry_run) return call;
  return { ...call, envelope: { ...envelope, idempotency_key: newId() } };
}

/** Makes a call that an earlier owner may have made already. */
export async function repeated(carrier: TextTransport, call: TextCall): Promise<TextAnswer> {
  try {
    return await carrier.text(call);
  } catch (problem) {
    const taken = (problem as Partial<NexaError> | undefined)?.code === "id.taken";
    const made = taken && call.operation === "create_org" ? await foundBefore(carrier, call) : undefined;
    if (made === undefined) throw problem;
    return made;
  }
}

/** The answer for a tenant that was made with this first admin. */
async function foundBefore(carrier: TextTransport, call: TextCall): Promise<string | undefined> {
  const { id: org, admin_email: email } = JSON.parse(call.input) as { id: string; admin_email: string };
  const input = JSON.stringify({ filter: { field: "email", op: "eq", value: email }, limit: 1 });
  const answer = await carrier.text({ org, principal: "system:create_org", operation: "user.find", input });
  if (typeof answer !== "string") return undefined;
  const [admin] = (JSON.parse(answer) as { items: { id: string }[] }).items;
  return admin && JSON.stringify({ org, principal: `user:${admin.id}` });
}
