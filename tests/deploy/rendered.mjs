// Writes the files that a volume of a workload shows into a directory: rendered.mjs BUILD KIND NAME VOLUME DIRECTORY
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { builds } from "./kustomize.mjs";

const [build, kind, name, volume, directory] = process.argv.slice(2);
const objects = builds[build]();
const { volumes } = objects.find((object) => object.kind === kind && object.metadata.name === name).spec.template.spec;
const found = volumes.find((one) => one.name === volume);
for (const { configMap } of found.projected?.sources ?? [found]) {
  const { data } = objects.find((object) => object.kind === "ConfigMap" && object.metadata.name === configMap.name);
  for (const [key, text] of Object.entries(data)) {
    mkdirSync(dirname(`${directory}/${key}`), { recursive: true });
    writeFileSync(`${directory}/${key}`, text);
  }
}
