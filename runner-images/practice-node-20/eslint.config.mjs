// The rules that ESLint and typescript-eslint recommend, for every submission alike.
import js from "@eslint/js";
import globals from "globals";
import typescript from "typescript-eslint";

const tests = ["**/*.{test,spec}.*", "**/{test,tests,__tests__,spec}/**"];

export default typescript.config(
  {
    files: ["**/*.{js,mjs,cjs,jsx}"],
    extends: [js.configs.recommended],
    languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
  },
  { files: ["**/*.{ts,mts,cts,tsx}"], extends: [js.configs.recommended, typescript.configs.recommended] },
  { languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: tests, languageOptions: { globals: { ...globals.jest, ...globals.mocha } } },
);
