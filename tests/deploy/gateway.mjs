// The JSON gateway's configuration: Envoy itself is in neither Debian nor npm, but its own configuration protos are, and they refuse what Envoy
// would not understand. And what the protos cannot know: that nobody comes in but the portal whose name the gateway bears.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { buildWith, root } from "./kustomize.mjs";

const work = process.argv[2];
let bad = 0;
const say = (good, text) => {
  bad += good ? 0 : 1;
  console.log(`${good ? "✓" : "✗"} ${text}`);
};

const objects = buildWith("overlays/production", ["json-gateway"]);
const find = (kind, name) => objects.find((object) => object.kind === kind && object.metadata.name.startsWith(name));
const files = find("ConfigMap", "json-gateway").data;
const contracts = find("ConfigMap", "released-contracts");
const deployment = find("Deployment", "json-gateway").spec.template.spec;
const identity = find("Certificate", "json-gateway-identity").spec.uris[0];
const domain = JSON.parse(readFileSync(`${root}deploy/kubernetes/overlays/production/config/registry.json`, "utf8")).tls.trust_domain;

const typeOf = {
  "envoy.yaml": "envoy.config.bootstrap.v3.Bootstrap",
  "identity.yaml": "envoy.service.discovery.v3.DiscoveryResponse",
  "authority.yaml": "envoy.service.discovery.v3.DiscoveryResponse",
};
function convert(type, text) {
  writeFileSync(`${work}/input.yaml`, text);
  try {
    return {
      ok: true,
      text: execFileSync(
        `${root}proto/buf`,
        ["convert", `${work}/envoy.binpb`, "--type", type, "--from", `${work}/input.yaml`, "--to", `${work}/output.json`],
        { encoding: "utf8", stdio: "pipe" },
      ),
    };
  } catch (error) {
    return { ok: false, text: error.stderr.trim().split("\n")[0] };
  }
}

for (const [name, type] of Object.entries(typeOf)) {
  const read = convert(type, files[name]);
  say(read.ok, `${name} is ${type}${read.ok ? "" : `: ${read.text}`}`);
}
const misspelt = convert(typeOf["envoy.yaml"], files["envoy.yaml"].replace("require_client_certificate", "require_client_certificates"));
say(!misspelt.ok, `refused: a misspelt field, deep inside: ${misspelt.text}`);

// What the descriptor set has, from the very bytes that are mounted.
writeFileSync(`${work}/contracts.binpb`, Buffer.from(contracts.binaryData["released.binpb"], "base64"));
execFileSync(`${root}proto/buf`, ["build", `${work}/contracts.binpb`, "-o", `${work}/contracts.json`]);
const released = JSON.parse(readFileSync(`${work}/contracts.json`, "utf8")).file;
const services = released.flatMap(({ package: name, service }) => (service ?? []).map((one) => ({ ...one, name: `${name}.${one.name}` })));
// The journal is for operators and the services, who do not come by HTTP.
const wanted = services
  .map(({ name }) => name)
  .filter((name) => !name.startsWith("thidua.journal."))
  .sort();

const problems = {
  "offers every released service": (envoy) => {
    const { services: offered } = portal(envoy).http_filters[0].typed_config;
    return JSON.stringify([...offered].sort()) === JSON.stringify(wanted) ? [] : ["offers other services than are released"];
  },
  "leads every method to its service": (envoy) =>
    wanted.flatMap((name) => {
      const route = routes(envoy).find(({ match }) => `/${name}/`.startsWith(match.prefix));
      return route?.route.cluster === name.split(".")[1] ? [] : [`${name} is led to ${route?.route.cluster}`];
    }),
  "lets in nobody but the portal itself": (envoy) =>
    envoy.static_resources.listeners.flatMap((listener) =>
      listener.filter_chains.flatMap((chain) => {
        const manager = chain.filters[0].typed_config;
        const leads = (manager.route_config.virtual_hosts ?? []).length > 0;
        if (!leads) return listener.name === "health" ? [] : [`${listener.name}: leads nowhere`];
        const tls = chain.transport_socket?.typed_config;
        const names = tls?.common_tls_context.combined_validation_context?.default_validation_context.match_typed_subject_alt_names;
        const only = names?.length === 1 && names[0].san_type === "URI" && names[0].matcher.exact === identity;
        const authority = tls?.common_tls_context.combined_validation_context?.validation_context_sds_secret_config?.name === "authority";
        return tls?.require_client_certificate === true && only && authority ? [] : [`${listener.name}: lets in others than ${identity}`];
      }),
    ),
  "calls nobody but the services": (envoy) =>
    envoy.static_resources.clusters.flatMap(({ name, transport_socket, load_assignment }) => {
      const tls = transport_socket?.typed_config;
      const names = tls?.common_tls_context.combined_validation_context?.default_validation_context.match_typed_subject_alt_names;
      const only = names?.length === 1 && names[0].san_type === "URI" && names[0].matcher.exact === `spiffe://${domain}/service/${name}`;
      const bears = tls?.common_tls_context.tls_certificate_sds_secret_configs?.[0].name === "identity";
      const { address, port_value: port } = load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address;
      const service = objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === address);
      return only && bears && service?.spec.ports.some((open) => open.port === port) ? [] : [`${name}: would call others, or as nobody`];
    }),
  "has no administration port": (envoy) => (envoy.admin ? ["has an administration port"] : []),
  "listens where the pod says": (envoy) => {
    const ports = envoy.static_resources.listeners.map(({ address }) => address.socket_address.port_value);
    const open = deployment.containers[0].ports.map(({ containerPort }) => containerPort);
    return JSON.stringify(ports) === JSON.stringify(open) ? [] : [`listens on ${ports}, the pod has ${open}`];
  },
  "finds its files": (envoy) => {
    const text = JSON.stringify(envoy) + files["identity.yaml"] + files["authority.yaml"];
    const paths = [...new Set(text.match(/\/(?:etc|run)\/[\w./-]+\.\w+/g))];
    const seen = deployment.containers[0].volumeMounts.flatMap(({ name, mountPath }) => {
      const { configMap, secret } = deployment.volumes.find((volume) => volume.name === name);
      const { data, binaryData } = configMap
        ? objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configMap.name)
        : {};
      return Object.keys(secret ? { "tls.crt": 1, "tls.key": 1, "ca.crt": 1 } : { ...data, ...binaryData }).map(
        (key) => `${mountPath}/${key}`,
      );
    });
    return paths.filter((path) => !seen.includes(path)).map((path) => `${path} is not mounted`);
  },
};
const portal = (envoy) => envoy.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
const routes = (envoy) => portal(envoy).route_config.virtual_hosts[0].routes;

const attacks = [
  ["offers every released service", "a service forgotten", (e) => portal(e).http_filters[0].typed_config.services.pop()],
  [
    "offers every released service",
    "the journal offered",
    (e) => portal(e).http_filters[0].typed_config.services.push("thidua.journal.v1.JournalService"),
  ],
  ["leads every method to its service", "a route mixed up", (e) => (routes(e)[0].route.cluster = "awards")],
  [
    "lets in nobody but the portal itself",
    "no certificate asked for",
    (e) => (e.static_resources.listeners[0].filter_chains[0].transport_socket.typed_config.require_client_certificate = false),
  ],
  [
    "lets in nobody but the portal itself",
    "anybody of the authority",
    (e) =>
      delete e.static_resources.listeners[0].filter_chains[0].transport_socket.typed_config.common_tls_context.combined_validation_context
        .default_validation_context.match_typed_subject_alt_names,
  ],
  [
    "lets in nobody but the portal itself",
    "another portal too",
    (e) =>
      e.static_resources.listeners[0].filter_chains[0].transport_socket.typed_config.common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names.push(
        { san_type: "URI", matcher: { exact: `spiffe://${domain}/portal/other` } },
      ),
  ],
  ["lets in nobody but the portal itself", "no TLS", (e) => delete e.static_resources.listeners[0].filter_chains[0].transport_socket],
  [
    "lets in nobody but the portal itself",
    "a plaintext way beside",
    (e) =>
      (e.static_resources.listeners[1].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts =
        portal(e).route_config.virtual_hosts),
  ],
  [
    "calls nobody but the services",
    "any server of the authority",
    (e) =>
      delete e.static_resources.clusters[0].transport_socket.typed_config.common_tls_context.combined_validation_context
        .default_validation_context.match_typed_subject_alt_names,
  ],
  ["calls nobody but the services", "plaintext to a service", (e) => delete e.static_resources.clusters[1].transport_socket],
  ["has no administration port", "an administration port", (e) => (e.admin = { address: {} })],
  ["listens where the pod says", "another port", (e) => (e.static_resources.listeners[0].address.socket_address.port_value = 443)],
  [
    "finds its files",
    "another file",
    (e) => (portal(e).http_filters[0].typed_config.proto_descriptor = "/etc/thidua/contracts/thidua.binpb"),
  ],
];
const envoy = parseYaml(files["envoy.yaml"]);
for (const [name, found] of Object.entries(problems)) {
  const broken = found(envoy);
  say(!broken.length, `${name}${broken.map((text) => `\n    ${text}`).join("")}`);
  if (!attacks.some(([attacked]) => attacked === name)) say(false, `${name}: is attacked by nothing`);
}
for (const [name, what, attack] of attacks) {
  const copy = structuredClone(envoy);
  attack(copy);
  const [broken] = problems[name](copy);
  say(broken, `${broken ? "refused" : "not refused"}: ${what}${broken ? `: ${broken}` : ""}`);
}

const methods = services.filter(({ name }) => wanted.includes(name)).flatMap(({ method }) => method);
const mapped = methods.filter(({ options }) => options?.["[google.api.http]"]);
say(mapped.length === methods.length, `${methods.length} methods of ${wanted.length} services, each with a path`);
say(
  released.some(({ name }) => name === "google/api/annotations.proto"),
  "the descriptor set has the google.api annotations that the transcoder reads",
);

// A ConfigMap holds 1 MiB; `kubectl apply` without --server-side repeats it in an annotation of at most 256 KiB.
const bytes = Buffer.byteLength(JSON.stringify(contracts));
say(bytes < 256 * 1024, `the descriptor set's ConfigMap has ${Math.ceil(bytes / 1024)} of at most 256 KiB`);
process.exitCode = bad ? 1 : 0;
