// Is a bill of materials valid CycloneDX, and does it name exactly the packages that dpkg knows in the image?
//   node tests/images/sbom.cjs SBOM NAME VERSION < "PACKAGE VERSION" a line
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const Ajv = require("ajv").default;

const [file, name, version] = process.argv.slice(2);
const schemas = join(dirname(require.resolve("@cyclonedx/cyclonedx-library/package.json")), "res/schema");
const schema = (of) => JSON.parse(readFileSync(join(schemas, `${of}.SNAPSHOT.schema.json`)));
const ajv = new Ajv({ strict: false });
for (const other of ["spdx", "jsf-0.82"]) ajv.addSchema(schema(other), `http://cyclonedx.org/schema/${other}.SNAPSHOT.schema.json`);
require("ajv-formats").default(ajv);
require("ajv-formats-draft2019")(ajv);

const fail = (text) => { console.error(text); process.exit(1); };
const bill = JSON.parse(readFileSync(file));
const validate = ajv.compile(schema(`bom-${bill.specVersion}`));
if (!validate(bill)) fail(`no valid CycloneDX: ${ajv.errorsText(validate.errors)}`);
const of = bill.metadata.component;
if (of.name !== name || of.version !== version) fail(`it is of ${of.name} ${of.version}`);

const purl = /^pkg:deb\/debian\/([a-z0-9][a-z0-9%.+-]*)@([A-Za-z0-9.%~_-]+)\?arch=[a-z0-9]+&distro=debian-12&upstream=/;
const listed = new Set();
for (const component of bill.components) {
  if (component.purl.startsWith("pkg:npm/")) continue;
  const parts = purl.exec(component.purl);
  if (!parts) fail(`no package URL: ${component.purl}`);
  if (decodeURIComponent(parts[1]) !== component.name || decodeURIComponent(parts[2]) !== component.version)
    fail(`${component.purl} is not ${component.name} ${component.version}`);
  listed.add(`${component.name} ${component.version}`);
}
const installed = readFileSync(0, "utf8").trim().split("\n");
const missing = installed.filter((one) => !listed.delete(one));
if (missing.length || listed.size) fail(`not listed: ${missing}; listed but not there: ${[...listed]}`);
console.log(`  ✓ bill of materials: ${installed.length} packages`);
