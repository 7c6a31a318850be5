// The objects against the models of Kubernetes, cert-manager and the Prometheus operator. The models check what they know and pass over what
// they do not: a field that they never looked at is one that Kubernetes does not have, most likely misspelt.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const packages = ["kubernetes-models", "@kubernetes-models/cert-manager", "@kubernetes-models/prometheus-operator"];
const validators = new Map();

function validatorOf({ apiVersion, kind }) {
  const name = `${apiVersion}/${kind}`;
  if (!validators.has(name)) validators.set(name, load(name));
  return validators.get(name);
}

function load(name) {
  for (const from of packages) {
    let path;
    try {
      path = require.resolve(`${from}/${name}`);
    } catch {
      continue;
    }
    const schema = readFileSync(path, "utf8").match(/require\("([./]*_schemas\/\w+\.js)"\)/)[1];
    return require(new URL(schema, `file://${path}`).pathname).validate;
  }
  return undefined;
}

// Notes which of its fields are looked at.
function watched(value, seen) {
  if (typeof value !== "object" || value === null) return value;
  if (!seen.has(value)) {
    const read = new Set();
    const proxy = new Proxy(value, {
      get(target, field) {
        read.add(field);
        return watched(target[field], seen);
      },
    });
    seen.set(value, { read, proxy });
  }
  return seen.get(value).proxy;
}

function unread(value, seen, path) {
  if (typeof value !== "object" || value === null) return [];
  const read = seen.get(value)?.read ?? new Set();
  return Object.keys(value).flatMap((field) =>
    read.has(field) ? unread(value[field], seen, `${path}/${field}`) : [`unknown field ${path}/${field}`],
  );
}

export function problemsOf(object) {
  const validate = validatorOf(object);
  if (!validate) return [`there is no ${object.apiVersion} ${object.kind}`];
  const seen = new Map();
  if (!validate(watched(object, seen)))
    return validate.errors.map((error) => `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`);
  return unread(object, seen, "");
}
