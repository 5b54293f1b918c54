// What Node's own parser and linker say about our modules: `node --experimental-vm-modules`.
// Prints, for each module, the modules that it names; fails as a browser would when a
// name is imported that nobody exports. Nothing is run.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SourceTextModule } from "node:vm";

const [folder, ...entries] = process.argv.slice(2);
const known = new Map();

function load(name) {
  if (!known.has(name)) {
    const source = readFileSync(join(folder, name), "utf8");
    known.set(name, new SourceTextModule(source, { identifier: name }));
  }
  return known.get(name);
}

for (const entry of entries) await load(entry).link(load);
// Node has renamed the list; older releases know only the second.
const namedBy = (module) => module.moduleRequests?.map(({ specifier }) => specifier) ?? module.dependencySpecifiers;
const named = Object.fromEntries([...known].map(([name, module]) => [name, namedBy(module)]));
process.stdout.write(JSON.stringify(named));
