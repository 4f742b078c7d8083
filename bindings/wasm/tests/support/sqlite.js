/** A SQLite file by hand: one table with one column, and one row with a small number. */

const PAGE = 4096;

function varint(number) {
  return number < 128 ? [number] : [128 + (number >> 7), number & 127];
}

/** A record of texts and small numbers. */
function record(values) {
  const types = values.flatMap((value) => (typeof value === "string" ? varint(13 + 2 * value.length) : [2]));
  const bodies = values.flatMap((value) =>
    typeof value === "string" ? [...Buffer.from(value)] : [value >> 8, value & 255],
  );
  return [types.length + 1, ...types, ...bodies];
}

/** Writes a leaf with this record as its only row. */
function leaf(page, header, values) {
  const payload = record(values);
  const cell = [...varint(payload.length), 1, ...payload];
  const at = PAGE - cell.length;
  page.set([13, 0, 0, 0, 1, at >> 8, at & 255, 0, at >> 8, at & 255], header);
  page.set(cell, at);
}

/** The bytes of a database with this table. */
export function database(table, column, value) {
  const bytes = new Uint8Array(2 * PAGE);
  const header = new DataView(bytes.buffer);
  bytes.set(Buffer.from("SQLite format 3\0"));
  bytes.set([PAGE >> 8, 0, 1, 1, 0, 64, 32, 32], 16);
  for (const [at, number] of [[24, 1], [28, 2], [40, 1], [44, 4], [56, 1], [92, 1], [96, 3_045_000]]) {
    header.setUint32(at, number);
  }
  leaf(bytes.subarray(0, PAGE), 100, ["table", table, table, 2, `CREATE TABLE ${table} (${column} INTEGER)`]);
  leaf(bytes.subarray(PAGE), 0, [value]);
  return bytes;
}
