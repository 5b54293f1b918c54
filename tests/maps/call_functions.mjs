// What functions of the pages' own modules give: `node --experimental-vm-modules call_functions.mjs
// FOLDER`, the request as JSON on standard input: { module, calls: [[name, ...values]] }.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, SourceTextModule } from "node:vm";

const folder = process.argv[2];
const request = JSON.parse(readFileSync(0, "utf8"));
const blocks = { "map-settings": { language: "ro" }, wording: {} };
const document = { getElementById: (id) => ({ textContent: JSON.stringify(blocks[id]) }) };
const context = createContext({ document, Intl, EventTarget, URLSearchParams });
const known = new Map();

function load(name) {
  if (!known.has(name)) {
    known.set(name, new SourceTextModule(readFileSync(join(folder, name), "utf8"), { identifier: name, context }));
  }
  return known.get(name);
}

const module = load(request.module);
await module.link(load);
await module.evaluate();
process.stdout.write(JSON.stringify(request.calls.map(([name, ...values]) => module.namespace[name](...values))));
