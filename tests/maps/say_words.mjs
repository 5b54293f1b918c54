// What the pages' own modules say: `node --experimental-vm-modules say_words.mjs FOLDER`, the
// request as JSON on standard input: { language, words, words_asked: [[key, values]], profiles }.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, SourceTextModule } from "node:vm";

const folder = process.argv[2];
const request = JSON.parse(readFileSync(0, "utf8"));
const blocks = { "map-settings": { language: request.language }, wording: request.words };
const document = { getElementById: (id) => ({ textContent: JSON.stringify(blocks[id]) }) };
const context = createContext({ document, Intl });
const known = new Map();

function load(name) {
  if (!known.has(name)) {
    const source = readFileSync(join(folder, name), "utf8");
    known.set(name, new SourceTextModule(source, { identifier: name, context }));
  }
  return known.get(name);
}

async function run(name) {
  const module = load(name);
  await module.link(load);
  await module.evaluate();
  return module.namespace;
}

const { profileText } = await run("shared/speed_profile.js");
// The profile names need the words, so that module is evaluated by now.
const { t } = known.get("shared/page_data.js").namespace;
process.stdout.write(JSON.stringify({
  words: request.words_asked.map(([key, values]) => t(key, values)),
  profiles: request.profiles.map(profileText),
}));
