// Lays out on this machine what a cluster would make of a build, so that its pods can be run for real without one:
//   pods.mjs BUILD DIRECTORY
// DIRECTORY/pods has a line "POD ADDRESS INIT,... CONTAINER" for each pod (of a Job or CronJob the one that it would start now),
// DIRECTORY/POD/CONTAINER runs that container in its pod's network namespace (named like the directory's last part, "-" and the pod), as its
// user, without capabilities, on a read-only root with what it mounts and nothing else; DIRECTORY/POD/ready PROCESS asks whether it is ready
// where the probe is a command. Certificates are made as the build's Certificates say, secrets by deploy/kubernetes/secrets; a claim that
// several pods mount is DIRECTORY/claims/NAME.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { builds, parse, root } from "./kustomize.mjs";

const [buildName, directory] = process.argv.slice(2);
const objects = builds[buildName]();
const find = (kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name);
const templateOf = ({ spec }) => (spec.jobTemplate?.spec ?? spec).template;
const ends = ({ kind }) => ["Job", "CronJob"].includes(kind);

// --- what comes from outside the build ---

function supplySecrets() {
  for (const object of parse(execFileSync(`${root}deploy/kubernetes/secrets`, { encoding: "utf8" })).filter(Boolean)) objects.push(object);
}

// The operators' key for backups; its secret half stays in keyring/.
function supplyBackupKey() {
  const home = `${directory}/keyring`;
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...words) => execFileSync("gpg", ["--homedir", home, "--batch", ...words], { encoding: "utf8", stdio: "pipe" });
  gpg("--passphrase", "", "--quick-generate-key", "backups", "default", "default", "never");
  objects.push({ kind: "ConfigMap", metadata: { name: "backup-key" }, data: { "key.asc": gpg("--armor", "--export", "backups") } });
}

// As cert-manager would, for issuers that are self-signed or have a key in a secret.
function sign({ isCA, issuerRef, uris = [], dnsNames = [], commonName = "" }) {
  const scratch = mkdtempSync(`${directory}/certificate-`);
  const file = (name) => `${scratch}/${name}`;
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("tls.key")];
  if (isCA) {
    openssl(
      "req",
      "-x509",
      ...key,
      "-days",
      "2",
      "-out",
      file("tls.crt"),
      "-subj",
      `/CN=${commonName}`,
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
    );
    writeFileSync(file("ca.crt"), readFileSync(file("tls.crt")));
  } else {
    const authority = secretOf(find("Issuer", issuerRef.name).spec.ca.secretName).data;
    for (const [name, from] of [
      ["ca.crt", "tls.crt"],
      ["ca.key", "tls.key"],
    ])
      writeFileSync(file(name), Buffer.from(authority[from], "base64"));
    const names = [...uris.map((uri) => `URI:${uri}`), ...dnsNames.map((name) => `DNS:${name}`)];
    writeFileSync(
      file("extensions"),
      `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n`,
    );
    openssl("req", ...key, "-out", file("csr"), "-subj", "/");
    openssl(
      "x509",
      "-req",
      "-in",
      file("csr"),
      "-CA",
      file("ca.crt"),
      "-CAkey",
      file("ca.key"),
      "-CAcreateserial",
      "-days",
      "1",
      "-extfile",
      file("extensions"),
      "-out",
      file("tls.crt"),
    );
  }
  const data = Object.fromEntries(["tls.crt", "tls.key", "ca.crt"].map((name) => [name, readFileSync(file(name)).toString("base64")]));
  rmSync(scratch, { recursive: true });
  return data;
}

// The secret of a Certificate, made when it is first asked for, and beside it in renewed/ what it would be renewed to.
function secretOf(name) {
  const there = find("Secret", name);
  if (there) return there;
  const { spec } = objects.find((object) => object.kind === "Certificate" && object.spec.secretName === name);
  const secret = { kind: "Secret", metadata: { name }, data: sign(spec) };
  objects.push(secret);
  if (!spec.isCA) {
    mkdirSync(`${directory}/renewed/${name}`, { recursive: true });
    for (const [key, bytes] of Object.entries(sign(spec)))
      writeFileSync(`${directory}/renewed/${name}/${key}`, Buffer.from(bytes, "base64"));
  }
  return secret;
}

// --- pods, their addresses and the names by which they are reached ---

const replicasOf = (workload) =>
  workload.kind === "Deployment"
    ? (workload.spec.replicas ?? find("HorizontalPodAutoscaler", workload.metadata.name).spec.minReplicas)
    : (workload.spec.replicas ?? 1);

function placePods() {
  const workloads = objects.filter(({ kind }) => ["Deployment", "StatefulSet", "Job", "CronJob"].includes(kind));
  const pods = workloads.flatMap((workload) =>
    Array.from({ length: replicasOf(workload) }, (_, i) => ({
      workload,
      spec: templateOf(workload).spec,
      name: ends(workload) ? workload.metadata.name : `${workload.metadata.name}-${i}`,
    })),
  );
  for (const pod of pods) pod.labels = { ...templateOf(pod.workload).metadata.labels, "statefulset.kubernetes.io/pod-name": pod.name };
  pods.forEach((pod, i) => (pod.address = `192.0.2.${10 + i}`));
  return pods;
}

// A Service with an address of its own is here the first of its pods, ready or not.
function hostsOf(pods) {
  const lines = ["127.0.0.1 localhost"];
  for (const service of objects.filter(({ kind }) => kind === "Service")) {
    const behind = pods.filter(
      ({ workload, labels }) => !ends(workload) && Object.entries(service.spec.selector).every(([key, value]) => labels[key] === value),
    );
    const reached = service.spec.clusterIP === "None" ? behind : [behind[0]];
    for (const { address } of reached) lines.push(`${address} ${service.metadata.name} ${service.metadata.name}.thidua.svc`);
    for (const { address, name, workload } of behind)
      if (workload.spec.serviceName === service.metadata.name) lines.push(`${address} ${name}.${service.metadata.name}`);
  }
  return `${lines.join("\n")}\n`;
}

// --- volumes, as the kubelet lays them out ---

function contentOf(source, kind, name, modeOf) {
  const object = find(kind, name);
  if (!object) {
    if (source.optional) return [];
    throw new Error(`no ${kind} ${name}`);
  }
  const bytes = (key) =>
    kind === "Secret" ? Buffer.from(object.data[key], "base64") : (object.data?.[key] ?? Buffer.from(object.binaryData[key], "base64"));
  const items = source.items ?? Object.keys({ ...object.data, ...object.binaryData }).map((key) => ({ key, path: key }));
  return items.map(({ key, path }) => ({ path, bytes: bytes(key), mode: modeOf }));
}

function filesOf(volume) {
  if (volume.configMap) return contentOf(volume.configMap, "ConfigMap", volume.configMap.name, volume.configMap.defaultMode ?? 0o644);
  if (volume.secret) return contentOf(volume.secret, "Secret", volume.secret.secretName, volume.secret.defaultMode ?? 0o644);
  const mode = volume.projected.defaultMode ?? 0o644;
  return volume.projected.sources.flatMap(({ configMap, secret }) =>
    configMap ? contentOf(configMap, "ConfigMap", configMap.name, mode) : contentOf(secret, "Secret", secret.name, mode),
  );
}

function layVolume(volume, place, group) {
  // One that several pods mount is laid out once, beside them.
  const claim = volume.persistentVolumeClaim && `${directory}/claims/${volume.persistentVolumeClaim.claimName}`;
  if (claim) {
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(claim, place);
  }
  mkdirSync(claim ?? place, { recursive: true });
  if (volume.emptyDir || volume.claim || claim) {
    chownSync(place, 0, group);
    chmodSync(place, volume.emptyDir ? 0o2777 : 0o2775);
    return;
  }
  // Files are links through ..data, which is turned to a new directory when they change.
  mkdirSync(`${place}/..1`);
  symlinkSync("..1", `${place}/..data`);
  for (const { path, bytes, mode } of filesOf(volume)) {
    const file = `${place}/..1/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    chownSync(file, 0, group);
    chmodSync(file, mode);
    const first = path.split("/")[0];
    if (!existsSync(`${place}/${first}`)) symlinkSync(`..data/${first}`, `${place}/${first}`);
  }
}

// --- containers ---

const quoted = (word) => `'${String(word).replaceAll("'", "'\\''")}'`;

function valueOf({ valueFrom }, pod) {
  return { "metadata.name": pod.name, "status.podIP": pod.address }[valueFrom.fieldRef.fieldPath];
}

function layRoot(place, container, hosts) {
  for (const path of ["usr", "proc", "dev", "etc", "tmp", ...container.volumeMounts.map(({ mountPath }) => mountPath)])
    mkdirSync(`${place}/${path}`, { recursive: true });
  for (const path of ["bin", "lib", "lib64", "sbin"]) symlinkSync(`usr/${path}`, `${place}/${path}`);
  execFileSync("cp", ["-a", "/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl", `${place}/etc/`]);
  writeFileSync(`${place}/etc/passwd`, "root:x:0:0::/:/bin/sh\nthidua:x:10001:10001::/:/bin/sh\n");
  writeFileSync(`${place}/etc/group`, "root:x:0:\nthidua:x:10001:\n");
  writeFileSync(`${place}/etc/nsswitch.conf`, "hosts: files\n");
  writeFileSync(`${place}/etc/hosts`, hosts);
  writeFileSync(`${place}/entry`, "");
}

// A command as what the pod's and the container's security contexts say, in the container's environment.
function asThePodSays(command, container, pod) {
  const { runAsUser, runAsGroup, fsGroup } = pod.spec.securityContext;
  const { allowPrivilegeEscalation, capabilities } = container.securityContext;
  const privileges = [
    ...(allowPrivilegeEscalation === false ? ["--no-new-privs"] : []),
    ...(capabilities.drop.includes("ALL") ? ["--inh-caps=-all", "--bounding-set=-all"] : []),
  ];
  const environment = ["PATH=/usr/bin:/usr/sbin", ...(container.env ?? []).map((one) => `${one.name}=${valueOf(one, pod)}`)];
  const user = [`--reuid=${runAsUser}`, `--regid=${runAsGroup}`, `--groups=${fsGroup}`];
  return ["/usr/bin/setpriv", ...user, ...privileges, "/usr/bin/env", "-i", ...environment, ...command].map(quoted).join(" ");
}

const writeScript = (path, lines) => writeFileSync(path, `#!/bin/bash\n# Made by tests/deploy/pods.mjs.\n${lines}\n`, { mode: 0o755 });

// What an image of ours starts when the pod does not say it, and what of this checkout is mounted for it: the binary of a service, or the
// directory of the script that is the image's entry point.
function entryOf(image) {
  const stage = readFileSync(`${root}deploy/Containerfile`, "utf8")
    .split(/^FROM /m)
    .find((text) => text.includes(` AS ${image}\n`));
  const [, script] = /^ENTRYPOINT \["(\/deploy\/.+?)"/m.exec(stage) ?? [];
  return script
    ? { entry: script, from: `${root}${dirname(script).slice(1)}`, at: dirname(script) }
    : { entry: "/entry", from: `${root}build/services/${image}`, at: "/entry" };
}

function layContainer(container, pod, hosts) {
  const home = `${directory}/${pod.name}`;
  const place = `${home}/root-${container.name}`;
  layRoot(place, container, hosts);
  const { entry, from, at } = entryOf(basename(container.image).split(":")[0]);
  const command = [...(container.command ?? [entry]), ...(container.args ?? [])];
  // One mount may lie in another.
  const ordered = [...container.volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  const mounts = ordered.map(
    ({ name, mountPath, readOnly }) => `bind ${quoted(`${home}/volumes/${name}`)} ${quoted(place + mountPath)} ${readOnly ? "ro" : "rw"}`,
  );
  writeScript(
    `${home}/${container.name}`,
    `[ -n "\${INSIDE:-}" ] || INSIDE=1 exec ip netns exec ${quoted(`${basename(directory)}-${pod.name}`)} unshare --mount --pid --fork --kill-child "$0"
set -e
bind() { [ -e "$2" ] || mkdir -p "$2"; mount --bind "$1" "$2"; mount -o "remount,bind,$3" "$2"; }
root=${quoted(place)}
bind "$root" "$root" rw
bind /usr "$root/usr" ro
${container.command ? "" : `bind ${quoted(from)} "$root${at}" ro`}
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
${mounts.join("\n")}
mount -o remount,bind,${container.securityContext.readOnlyRootFilesystem ? "ro" : "rw"} "$root"
exec chroot "$root" ${asThePodSays(command, container, pod)}`,
  );
  const probe = container.readinessProbe?.exec;
  if (probe)
    writeScript(`${home}/ready`, `exec nsenter --target "$1" --mount --root --wd=/ ${asThePodSays(probe.command, container, pod)}`);
}

supplySecrets();
if (JSON.stringify(objects).includes('"backup-key"')) supplyBackupKey();
for (const { spec } of objects.filter(({ kind }) => kind === "Certificate")) secretOf(spec.secretName);
const pods = placePods();
const hosts = hostsOf(pods);
for (const pod of pods) {
  const claims = (pod.workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({ name: metadata.name, claim: true }));
  for (const volume of [...pod.spec.volumes, ...claims])
    layVolume(volume, `${directory}/${pod.name}/volumes/${volume.name}`, pod.spec.securityContext.fsGroup);
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) layContainer(container, pod, hosts);
}
const line = ({ name, address, spec }) =>
  [name, address, (spec.initContainers ?? []).map((one) => one.name).join(",") || "-", spec.containers[0].name].join(" ");
writeFileSync(`${directory}/pods`, `${pods.map(line).join("\n")}\n`);
