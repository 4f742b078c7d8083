/**
 * The same API over HTTP, from a page or a program to the server of any of the bindings.
 *
 * ```ts
 * import { connect } from "nexa-crm/http";
 *
 * const session = await connect("https://desk.example/crm", { headers: () => ({ Authorization: `Bearer ${token}` }) });
 * await session.ticket.create({ subject: "Cannot access dashboard" });
 * ```
 *
 * @module
 */

import { Crm, type Actor } from "./crm.js";
import type { WireDownload } from "./download.js";
import { refusal, unsupported, Unavailable } from "./errors.js";
import type { Upload } from "./files.js";
import { OPERATIONS } from "./generated/names.js";
import type { Session } from "./session.js";
import type { Call, Envelope, Transport } from "./transport.js";

/** How a server is asked. */
export interface HttpOptions {
  /** What every request says of who sends it, such as `Authorization`; asked anew for each. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** What sends a request; that of the runtime unless said. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Bytes of a file that are asked for at once. */
const PIECE = 1024 * 1024;

/** The session of whoever the server takes the caller for. Raises `Forbidden` (`http.unauthenticated`). */
export async function connect(url: string, options: HttpOptions = {}): Promise<Session> {
  const http = new Http(url, options);
  const { org, actor } = (await http.json("GET", "session")) as { org: string; actor: string };
  const at = actor.indexOf(":");
  const whom = { [actor.slice(0, at)]: actor.slice(at + 1) } as unknown as Actor;
  return new Crm(http).session({ org, ...whom });
}

/** What carries calls to a server: `open(overHttp(url))`. What is the host's alone, such as making a tenant, is refused. */
export function overHttp(url: string, options: HttpOptions = {}): { execute: (call: Call) => Promise<unknown> } {
  const http = new Http(url, options);
  return { execute: (call) => http.call(call) };
}

/** A stream of bytes on its way, whose pieces are gathered. */
interface Sending {
  said: Named;
  pieces: BlobPart[];
}

/** What is said of a file that is sent. */
interface Named {
  name: string;
  declared_type?: string;
  sha256?: string;
}

class Http implements Transport {
  readonly #url: string;
  readonly #options: HttpOptions;
  readonly #sending = new Map<string, Sending>();

  constructor(url: string, options: HttpOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#options = options;
  }

  async call({ operation, input, envelope, bytes }: Call): Promise<unknown> {
    const { upload = "" } = input as { upload?: string };
    switch (operation) {
      case "upload":
        return this.#upload(input as Named, bytes instanceof Blob ? bytes : new Blob());
      case "upload_begin":
        this.#sending.set(upload, { said: input as Named, pieces: [] });
        return null;
      case "upload_piece":
        // A blob is kept by the browser, on its disk when it is large.
        this.#sending.get(upload)?.pieces.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
        return null;
      case "upload_end": {
        const sending = this.#sending.get(upload);
        this.#sending.delete(upload);
        return this.#upload(sending?.said ?? { name: "" }, new Blob(sending?.pieces));
      }
      case "upload_stop":
        this.#sending.delete(upload);
        return null;
      case "download":
        return this.#download(input as Asked);
      case "batch":
      case "explain":
      case "feed":
        return this.#operation(operation, input, envelope, operation === "batch");
      default: {
        const [group = "", verb = ""] = operation.split(".");
        if (verb === "") throw unsupported(`${operation} over HTTP`);
        const isQuestion = (OPERATIONS[group] ?? "").split(" ").some((word) => word === `${verb}?` || word === `${verb}*`);
        return this.#operation(operation, input, envelope, !isQuestion);
      }
    }
  }

  /** The answer to a request as JSON; what is refused is thrown. */
  async json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const kind: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    const answer = await this.#ask(path, { method, headers: { ...kind, ...headers }, ...text });
    return answer.status === 204 ? null : answer.json();
  }

  async #operation(operation: string, input: unknown, envelope: Envelope | undefined, command: boolean): Promise<unknown> {
    const { mark_replays: marks = false, ...said } = envelope ?? {};
    const answer = await this.#ask(`operations/${operation}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headersOf(said) },
      body: JSON.stringify(input ?? {}),
    });
    const value: unknown = answer.status === 204 ? null : await answer.json();
    return marks && command ? { value, replayed: answer.headers.get("idempotent-replayed") === "true" } : value;
  }

  async #upload({ name, declared_type: type, sha256 }: Named, bytes: Blob): Promise<Upload> {
    const query = new URLSearchParams({ name, ...(sha256 !== undefined && { sha256 }) });
    const body = bytes.slice(0, bytes.size, type ?? "application/octet-stream");
    return (await this.#ask(`uploads?${query.toString()}`, { method: "POST", body })).json() as Promise<Upload>;
  }

  async #download({ attachment, range, inline }: Asked): Promise<WireDownload> {
    const one = typeof attachment === "string" ? attachment : `${attachment.system}:${attachment.key}`;
    const [start, end] = range ?? [0, Number.MAX_SAFE_INTEGER];
    const path = `attachments/${encodeURIComponent(one)}/content${inline ? "?inline=true" : ""}`;
    const last = Math.min(end, start + PIECE) - 1;
    const answer = await this.#ask(path, { headers: { Range: `bytes=${String(start)}-${String(last)}` } });
    const file = JSON.parse(decodeURIComponent(answer.headers.get("nexa-file") ?? "")) as Pick<WireDownload, "name" | "type" | "size">;
    const until = Math.min(end, file.size);
    const headers: Record<string, string> = { "Content-Length": String(until - start) };
    for (const name of KEPT) {
      const value = answer.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    if (range) headers["Content-Range"] = `bytes ${String(start)}-${String(until - 1)}/${String(file.size)}`;
    return { ...file, range: [start, until], headers, bytes: new Uint8Array(await answer.arrayBuffer()) };
  }

  async #ask(path: string, said: Said): Promise<Response> {
    const own = await this.#options.headers?.();
    const headers: Record<string, string> = { ...said.headers, ...own };
    const request = new Request(`${this.#url}/${path}`, { ...said, headers });
    const answer = await (this.#options.fetch ?? fetch)(request);
    if (answer.ok) return answer;
    throw await refusalOf(answer);
  }
}

/** A request, without its address. */
interface Said {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Blob;
}

/** Which bytes of which file are asked for. */
interface Asked {
  attachment: string | { system: string; key: string };
  range?: readonly [number, number];
  inline?: boolean;
}

/** The headers of a file that say how it is shown. */
const KEPT = ["Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"];

function headersOf(envelope: Omit<Envelope, "mark_replays">): Record<string, string> {
  const { idempotency_key: key, expected_version: version, dry_run: dry, reason, cause, unit, request_id: id, ...rest } = envelope;
  const [other] = Object.keys(rest);
  if (other !== undefined) throw unsupported(`${other} over HTTP`);
  return {
    ...(key !== undefined && { "Idempotency-Key": `"${key}"` }),
    ...(version !== undefined && { "If-Match": `"${String(version)}"` }),
    ...(dry !== undefined && { "Nexa-Dry-Run": String(dry) }),
    ...(reason !== undefined && { "Nexa-Reason": encodeURIComponent(reason) }),
    ...(cause !== undefined && { "Nexa-Cause": encodeURIComponent(cause) }),
    ...(unit !== undefined && { "Nexa-Unit": unit }),
    ...(id !== undefined && { "X-Request-Id": id }),
  };
}

/** What a server refused, as an error; what came from somebody on the way is `http.failed`. */
async function refusalOf(answer: Response): Promise<Error> {
  const said = (await answer.json().catch(() => ({}))) as Partial<Record<"kind" | "code" | "detail", string>> & {
    params?: Record<string, unknown>;
    retryable?: boolean;
  };
  const { kind = "", code, detail, params, retryable } = said;
  if (code !== undefined && detail !== undefined) {
    return refusal({ kind, code, message: detail, params: params ?? {}, retryable: retryable ?? false });
  }
  const message = `The server answered ${String(answer.status)} without saying why; look at the way to it.`;
  return new Unavailable({ kind: "unavailable", code: "http.failed", message, params: { status: answer.status }, retryable: true });
}
