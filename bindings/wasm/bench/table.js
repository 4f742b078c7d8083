/** What was measured, as a table. */

function time(milliseconds) {
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}

/** Short runs are too small to be held against what is wanted. */
function verdict({ milliseconds, wanted }, short) {
  if (wanted === undefined) return "";
  return short ? "not judged" : milliseconds <= wanted ? "met" : `misses by ${(100 * (milliseconds / wanted - 1)).toFixed(0)} %`;
}

/** The table; a ratio says how much longer the others take. */
export function table(figures, short) {
  const head = ["measure", "who", "takes", "ratio", "wanted", "verdict"];
  const rows = figures.map((figure) => [
    figure.what,
    figure.who,
    time(figure.milliseconds),
    figure.ratio === undefined ? "" : figure.ratio.toFixed(2),
    figure.wanted === undefined ? "" : `≤ ${time(figure.wanted)}`,
    verdict(figure, short),
  ]);
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at].length)));
  const line = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.map(line)].join("\n");
}
