/** Bringing a backup back. */

import { unsupported } from "./errors.js";
import { answered, type FromWorker, type Outcome } from "./messages.js";
import { startWorker, workerFailed } from "./tabs.js";

/** How a backup is restored. */
export interface RestoreOptions {
  /** Whether a database that is there already is replaced. */
  overwrite?: boolean;
}

/**
 * Puts a backup at the place that a URL names, `opfs:NAME`, all of it or nothing: `await restore(file, "opfs:crm.db")`. No tab
 * may have a database open there; one that is there already is replaced only with `overwrite`. The backup is checked first:
 * its pages, its schema and every tenant's ledger. One that Rust or Python made is as good.
 *
 * Raises `Invalid` (`restore.invalid`, `store.name`), `Conflict` (`restore.target_exists`, `restore.target_open`) and
 * `Unavailable` (`schema.newer`, `store.io`, `store.full`; `store.unsupported` for storages that are no file).
 */
export async function restore(backup: Blob | BufferSource, url: string, options: RestoreOptions = {}): Promise<void> {
  if (!url.startsWith("opfs:")) throw unsupported("restoring a backup");
  const image = backup instanceof Blob ? backup : new Blob([backup]);
  const name = (image as Partial<File>).name ?? "backup";
  // Without a name it opens nothing by itself.
  const worker = startWorker(url, "");
  try {
    const done = new Promise<Outcome>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === "restored") resolve(data.outcome);
      };
      worker.onerror = (event) => {
        reject(workerFailed(event));
      };
    });
    worker.postMessage({ type: "restore", restoring: { backup: image, name, url, overwrite: options.overwrite ?? false } });
    answered(await done);
  } finally {
    worker.terminate();
  }
}
