// Builds every overlay and combination, checks each against the models and the rules, and attacks both.
import { buildWith, builds } from "./kustomize.mjs";
import { malformed, mutations } from "./mutations.mjs";
import { rules } from "./rules.mjs";
import { problemsOf } from "./schema.mjs";

let bad = 0;
const say = (mark, name, detail) => console.log(`${mark} ${name.padEnd(76)} ${detail}`);
const fail = (name, detail) => {
  bad += 1;
  say("✗", name, detail);
};

for (const [name, build] of Object.entries(builds)) {
  const objects = build();
  const problems = [
    ...objects.flatMap((object) => problemsOf(object).map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`)),
    ...Object.entries(rules).flatMap(([rule, broken]) => broken(objects).map((problem) => `${rule}: ${problem}`)),
  ];
  for (const problem of problems) fail(name, problem);
  if (!problems.length) say("✓", name, `${objects.length} objects, ${Object.keys(rules).length} rules`);
}

// All that there is, in one build to take apart.
const everything = buildWith("overlays/development", ["galera", "backup", "backup-encryption", "monitoring", "json-gateway"]);
for (const [rule, broken] of Object.entries(rules)) for (const problem of broken(everything)) fail("everything", `${rule}: ${problem}`);

for (const rule of Object.keys(rules)) if (!mutations.some(([attacked]) => attacked === rule)) fail(rule, "is attacked by no mutation");
for (const [rule, what, mutate] of mutations) {
  const objects = structuredClone(everything);
  mutate(objects);
  const [found] = rules[rule](objects);
  if (found) say("✓", `refused: ${what}`, found);
  else fail(`not refused: ${what}`, rule);
}
for (const [what, mutate] of malformed) {
  const objects = structuredClone(everything);
  mutate(objects);
  const [found] = objects.flatMap(problemsOf);
  if (found) say("✓", `refused: ${what}`, found);
  else fail(`not refused: ${what}`, "schema");
}
process.exitCode = bad ? 1 : 0;
