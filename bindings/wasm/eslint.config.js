import js from "@eslint/js";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist/", "native/", "**/node_modules/", "target/"] },
  js.configs.recommended,
  {
    files: ["typescript/**/*.ts"],
    extends: [...typescript.configs.strictTypeChecked, ...typescript.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/dot-notation": "off",
    },
  },
  {
    // Generated from the catalog, which has no interface where one of several forms is meant.
    files: ["typescript/generated/**/*.ts"],
    rules: { "@typescript-eslint/consistent-type-definitions": "off" },
  },
  {
    files: ["{tests,bench}/**/*.{js,mjs}", "*.js"],
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }] },
    languageOptions: {
      globals: Object.fromEntries(
        ["AbortController", "Blob", "File", "BroadcastChannel", "Buffer", "atob", "MessageChannel", "ReadableStream", "Headers", "Request", "Response", "TextDecoder", "TextDecoderStream", "TextEncoder", "URL", "DOMException", "console", "crypto"]
          .concat(["document", "navigator", "performance", "process", "setTimeout", "clearTimeout", "structuredClone", "window"])
          .concat(["indexedDB", "location", "requestAnimationFrame"])
          .map((name) => [name, "readonly"]),
      ),
    },
  },
  { files: ["tests/types/**/*.ts"], extends: [typescript.configs.base] , rules: { "no-unused-vars": "off", "no-undef": "off" } },
);
