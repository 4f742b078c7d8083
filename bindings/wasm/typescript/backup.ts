/** A backup on its way out of the compiled part. */

/** A plain SQLite file. */
const TYPE = "application/vnd.sqlite3";

/**
 * The image that comes piece by piece. Each piece is handed to the browser, which keeps a large one on its disk, before the
 * next is asked for: neither the compiled part nor this worker ever has more than one of them.
 */
export async function imageOf(
  giving: (take: (piece: Uint8Array<ArrayBuffer>) => Promise<void>) => Promise<void>,
): Promise<Blob> {
  const pieces: Blob[] = [];
  await giving(async (piece) => {
    const kept = new Blob([piece]);
    pieces.push(kept);
    // The browser answers when it has all of it; other calls are heard meanwhile.
    await kept.slice(0, 1).arrayBuffer();
  });
  return new Blob(pieces, { type: TYPE });
}
