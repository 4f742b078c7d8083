import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: { target: "es2023", modulePreload: { polyfill: false } },
  worker: { format: "es" },
  optimizeDeps: { exclude: ["nexa-crm"] },
});
