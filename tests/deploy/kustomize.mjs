// Builds of kustomize as plain objects.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { parseAllDocuments, stringify } from "yaml";

export const root = new URL("../../", import.meta.url).pathname;
const kubernetes = `${root}deploy/kubernetes/`;

export function parse(text) {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length) throw document.errors[0];
    return document.toJS();
  });
}

export function build(directory) {
  const text = execFileSync(process.env.KUSTOMIZE, ["build", directory], { encoding: "utf8", maxBuffer: 64 << 20 });
  const objects = parse(text);
  // kustomize breaks base64 into lines, which Kubernetes reads and its model here does not.
  for (const { binaryData } of objects) for (const key in binaryData) binaryData[key] = binaryData[key].replaceAll("\n", "");
  return objects;
}

// What an operator may put together: an overlay with more components.
export function buildWith(resource, components, more = {}) {
  mkdirSync(`${root}var`, { recursive: true });
  const directory = mkdtempSync(`${root}var/kustomization-`);
  const path = (name) => relative(directory, kubernetes + name);
  try {
    const kustomization = {
      namespace: "thidua",
      resources: [path(resource)],
      components: components.map((name) => path(`components/${name}`)),
      ...more,
    };
    writeFileSync(`${directory}/kustomization.yaml`, stringify(kustomization));
    return build(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const databaseImage = { images: [{ name: "thidua/database", newTag: "1.0.0" }] };

// Where a database outside is, as the component backup tells to say it.
const backupOutside = {
  patches: [
    {
      patch: stringify({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "backup-server" },
        data: {
          "backup.cnf": readFileSync(`${kubernetes}components/backup/backup.cnf`, "utf8").replace(
            /^host = .*/m,
            "host = database.example.vn",
          ),
        },
      }),
    },
  ],
};

// Every combination that the operations guide speaks of.
export const builds = {
  development: () => build(`${kubernetes}overlays/development`),
  production: () => build(`${kubernetes}overlays/production`),
  "development + backup": () => buildWith("overlays/development", ["backup"]),
  "development + galera": () => buildWith("overlays/development", ["galera"]),
  "development + galera + backup + encryption": () => buildWith("overlays/development", ["galera", "backup", "backup-encryption"]),
  "development + monitoring": () => buildWith("overlays/development", ["monitoring"]),
  "production + backup": () => buildWith("overlays/production", ["backup"], backupOutside),
  "production + json-gateway": () => buildWith("overlays/production", ["json-gateway"]),
  "base + certificates + database + galera + backup + monitoring": () =>
    buildWith("base", ["certificates", "database", "galera", "backup", "monitoring"], databaseImage),
};
