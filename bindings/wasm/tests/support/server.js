/** A server of files on the loopback, as long as a test needs it. */

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A page with nothing but the package, which a bundler does not have to touch. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>nexa</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "nexa-crm": "/dist/index.js", "nexa-crm/rules": "/dist/rules.js" } }</script>
<script type="module">
  window.nexa = await import("nexa-crm");
  window.replay = (await import("/tests/support/stories.js")).replay;
  document.title = "ready";
</script></html>`;

/** What a worker of a test begins with: its clock is that of the page. */
const CLOCK = `{
  const clock = new BroadcastChannel("clock");
  clock.onmessage = ({ data }) => {
    Date.now = () => data;
    clock.postMessage("set");
  };
}
`;

/** Serves a folder, with the test page at \`/\`; answers its address and what ends it. What is \`kept\` is not asked for again. */
export async function serve(folder, { page = PAGE, clock = true, kept = false } = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
    const file = join(folder, normalize(path));
    if (path === "/" && page !== null) {
      response.setHeader("content-type", TYPES[".html"]).end(page);
      return;
    }
    const found = path === "/" ? join(folder, "index.html") : file;
    if (!existsSync(found) || !statSync(found).isFile()) {
      response.writeHead(404).end();
      return;
    }
    if (kept) response.setHeader("cache-control", "max-age=3600");
    response.setHeader("content-type", TYPES[extname(found)] ?? "application/octet-stream");
    if (clock && path === "/dist/worker.js") response.end(CLOCK + readFileSync(found, "utf8"));
    else createReadStream(found).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
