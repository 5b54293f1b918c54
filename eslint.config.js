// Faults first; of style only what keeps the scripts readable side by side.

import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

export default [
  { ignores: [".cache/", ".venv/", "out/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "@stylistic": stylistic },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "off",
      "eqeqeq": "error",
      "no-alert": "error",
      "no-duplicate-imports": "error",
      "no-eval": "error",
      "no-implicit-globals": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-promise-executor-return": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unused-vars": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": "error",
      "prefer-promise-reject-errors": "error",
      "@stylistic/comma-dangle": ["error", "only-multiline"],
      "@stylistic/eol-last": "error",
      "@stylistic/max-len": ["error", { code: 140, ignorePattern: "^  [a-z]+: \"[mM]" }],
      "@stylistic/no-trailing-spaces": "error",
      "@stylistic/quotes": ["error", "double", { avoidEscape: true }],
      "@stylistic/semi": "error",
    },
  },
  {
    // Only what a page really has: Leaflet comes before our modules, as a plain script.
    // Whether each imported name exists is asked by tests/maps/test_modules.py.
    files: ["maps/static/**/*.js"],
    languageOptions: { globals: { ...globals.browser, L: "readonly" } },
  },
  {
    files: ["eslint.config.js", "**/*.mjs"],
    languageOptions: { globals: globals.node },
  },
];
