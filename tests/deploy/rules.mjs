// What every build must keep to beyond being valid. A rule answers with what is wrong, one sentence each. mutations.mjs attacks every one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse, root } from "./kustomize.mjs";

const services = ["registry", "reporting", "awards"];
const source = (path) => readFileSync(root + path, "utf8");
const version = source("CMakeLists.txt").match(/project\(thidua VERSION ([\d.]+)/)[1];
// How long running calls may take after the drain.
const grace = Number(source("common/service/service.cc").match(/kGrace = absl::Seconds\((\d+)\)/)[1]);
// Beside the handlers' connections, each service has some of its own.
const ownConnections = Number(source("common/service/service.cc").match(/kConnectionsOfOurOwn = (\d+)/)[1]);
const metrics = new Set(
  source("common/telemetry/instruments.cc")
    .match(/"thidua_\w+"/g)
    .map((name) => name.slice(1, -1)),
);
const supplied = parse(execFileSync(`${root}deploy/kubernetes/secrets`, { encoding: "utf8" })).filter(Boolean);

const named = (object) => `${object.kind} ${object.metadata.name}`;
const of = (objects, ...kinds) => objects.filter((object) => kinds.includes(object.kind));
const find = (objects, kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name);
const workloads = (objects) => of(objects, "Deployment", "StatefulSet", "Job", "CronJob");
const templateOf = ({ spec }) => (spec.jobTemplate?.spec ?? spec).template;
const podOf = (workload) => templateOf(workload).spec;
const labelsOf = (workload) => templateOf(workload).metadata.labels;
// Pods that do their work and end: nobody calls them.
const ends = ({ kind }) => ["Job", "CronJob"].includes(kind);
const containersOf = (workload) => [...(podOf(workload).initContainers ?? []), ...podOf(workload).containers];
const portsOf = (workload) => containersOf(workload).flatMap((container) => container.ports ?? []);
const isService = (workload) => labelsOf(workload)["app.kubernetes.io/component"] === "server";
const seconds = (go) => Number(/^(\d+)h$/.exec(go)[1]) * 3600;

function selects(selector, labels) {
  const byName = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    byName &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      if (operator !== "In") throw new Error(`this check does not know ${operator}`);
      return values.includes(labels[key]);
    })
  );
}

// Every pod of the build that a problem is told of, with what was found.
function eachContainer(objects, problems) {
  return workloads(objects).flatMap((workload) =>
    containersOf(workload).flatMap((container) =>
      problems(container, podOf(workload), workload).map((problem) => `${named(workload)}, container ${container.name}: ${problem}`),
    ),
  );
}

function eachPod(objects, problems) {
  return workloads(objects).flatMap((workload) => problems(podOf(workload), workload).map((problem) => `${named(workload)}: ${problem}`));
}

const unless = (good, problem) => (good ? [] : [problem]);

// What a volume shows, as [{kind, name, optional, files: {path: key} or undefined for all keys, mode}].
function contentsOf(volume) {
  const paths = (items) => items && Object.fromEntries(items.map(({ key, path }) => [path, key]));
  const one = (kind, name, from, mode) => ({ kind, name, optional: from.optional, files: paths(from.items), mode });
  if (volume.configMap) return [one("ConfigMap", volume.configMap.name, volume.configMap)];
  if (volume.secret) return [one("Secret", volume.secret.secretName, volume.secret, volume.secret.defaultMode ?? 0o644)];
  return (volume.projected?.sources ?? []).map(({ configMap, secret }) =>
    configMap ? one("ConfigMap", configMap.name, configMap) : one("Secret", secret.name, secret, volume.projected.defaultMode ?? 0o644),
  );
}

// The keys of a ConfigMap or Secret: of the build, of a Certificate in it, or supplied from outside; undefined when there is none.
function keysOf(objects, kind, name) {
  const object = find(objects, kind, name) ?? find(supplied, kind, name);
  if (object) return Object.keys({ ...object.data, ...object.binaryData });
  if (kind === "Secret" && of(objects, "Certificate").some((certificate) => certificate.spec.secretName === name))
    return ["tls.crt", "tls.key", "ca.crt"];
  if (kind === "Secret" && name === "database-ca") return ["ca.crt"]; // an external database's
  if (kind === "ConfigMap" && name === "backup-key") return ["key.asc"]; // the operators'
  return undefined;
}

// The file that a container sees at a path, or undefined.
function fileAt(objects, pod, container, path) {
  for (const mount of container.volumeMounts ?? []) {
    if (!path.startsWith(`${mount.mountPath}/`)) continue;
    const inside = path.slice(mount.mountPath.length + 1);
    for (const content of contentsOf(pod.volumes.find(({ name }) => name === mount.name))) {
      const key = content.files ? content.files[inside] : inside;
      if (key && keysOf(objects, content.kind, content.name)?.includes(key)) return { ...content, key };
    }
  }
  return undefined;
}

function configOf(objects, workload) {
  const file = fileAt(objects, podOf(workload), podOf(workload).containers[0], "/etc/thidua/service.json");
  return JSON.parse(find(objects, file.kind, file.name).data[file.key]);
}

const serving = (objects) => of(objects, "Deployment").filter(isService);
const backups = (objects) => of(objects, "CronJob").filter((job) => labelsOf(job)["app.kubernetes.io/name"] === "backup");
const migrations = (objects) => of(objects, "Job").filter((job) => labelsOf(job)["app.kubernetes.io/component"] === "migration");
const policies = (objects, type) => of(objects, "NetworkPolicy").filter(({ spec }) => spec.policyTypes.includes(type));
const denies = ({ spec }) => Object.keys(spec.podSelector).length === 0 && !spec.ingress && !spec.egress;
const namedPolicies = (objects, type, labels) =>
  policies(objects, type).filter((policy) => !denies(policy) && selects(policy.spec.podSelector, labels));

// Does a policy of the pods with these labels let them talk to, or be talked to by, pods with the others'?
function lets(objects, type, labels, others, port) {
  const [flows, ends] = type === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
  return namedPolicies(objects, type, labels).some(({ spec }) =>
    (spec[flows] ?? []).some(
      (flow) =>
        (flow.ports ?? []).some((open) => open.port === port) &&
        flow[ends].some((end) => end.podSelector && !end.namespaceSelector && selects(end.podSelector, others)),
    ),
  );
}

// Both ends of a flow, for each that must exist: what a service follows, and its database when that is in the cluster.
function flowsNeeded(objects) {
  const pods = (name) => workloads(objects).filter((workload) => labelsOf(workload)["app.kubernetes.io/name"] === name && !ends(workload));
  const followed = serving(objects).flatMap((from) =>
    (configOf(objects, from).follow ?? []).map(({ service }) => ({ from, to: find(objects, "Deployment", service), port: 8443 })),
  );
  const stored = [...serving(objects), ...migrations(objects), ...backups(objects)].flatMap((from) =>
    pods("database").map((to) => ({ from, to, port: 3306 })),
  );
  const called = pods("json-gateway").flatMap((from) => serving(objects).map((to) => ({ from, to, port: 8443 })));
  const copied = pods("database")
    .filter(({ spec }) => spec.replicas > 1)
    .flatMap((node) => [3306, 4567, 4568, 4444].map((port) => ({ from: node, to: node, port })));
  return [...followed, ...stored, ...called, ...copied];
}

// The pods behind a Service, as "database-1": all of a workload, or the one of a StatefulSet that its selector names.
function podsBehind(objects, service) {
  const { "statefulset.kubernetes.io/pod-name": one, ...matchLabels } = service?.spec.selector ?? {};
  return workloads(objects)
    .filter((workload) => service && !ends(workload) && selects({ matchLabels }, labelsOf(workload)))
    .flatMap((workload) => Array.from({ length: workload.spec.replicas ?? 1 }, (_, i) => `${workload.metadata.name}-${i}`))
    .filter((pod) => !one || pod === one);
}

// The database servers that a service may write to, the preferred one first.
const serversOf = ({ database }) => [database.host, ...(database.fallback_hosts ?? []).map((address) => address.replace(/:\d+$/, ""))];

export const rules = {
  "nobody is root": (objects) => [
    ...eachPod(objects, ({ securityContext }) => [
      ...unless(securityContext?.runAsNonRoot === true, "runAsNonRoot is not true"),
      ...unless(securityContext?.runAsUser > 0 && securityContext?.runAsGroup > 0, "runs as root"),
      ...unless(securityContext?.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"),
    ]),
    ...eachContainer(objects, ({ securityContext }) => [
      ...unless(
        securityContext?.runAsUser === undefined && securityContext?.runAsNonRoot === undefined,
        "takes back what the pod says of its user",
      ),
    ]),
  ],
  "containers have no privileges": (objects) => [
    ...eachContainer(objects, ({ securityContext }) => [
      ...unless(securityContext?.allowPrivilegeEscalation === false, "may gain privileges"),
      ...unless(securityContext?.privileged === false, "is privileged"),
      ...unless(securityContext?.readOnlyRootFilesystem === true, "may write to its image"),
      ...unless(securityContext?.capabilities?.drop?.includes("ALL") && !securityContext.capabilities.add, "has capabilities"),
    ]),
    ...eachPod(objects, (pod) => [
      ...unless(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, "shares what is the node's"),
      ...unless(
        (pod.volumes ?? []).every(({ hostPath }) => !hostPath),
        "mounts a directory of the node",
      ),
    ]),
  ],
  "no token of the Kubernetes API": (objects) => [
    ...eachPod(objects, (pod) => unless(pod.automountServiceAccountToken === false, "mounts a service account's token")),
    ...of(objects, "ServiceAccount").flatMap((account) =>
      unless(account.automountServiceAccountToken === false, `${named(account)}: hands out its token`),
    ),
  ],
  "images are of one version": (objects) =>
    eachContainer(objects, ({ image }) => {
      const [, name, tag] = /^(.+?)(?::([^/:]+))?$/.exec(image);
      return [
        ...unless(tag && tag !== "latest", `${image} has no version`),
        ...unless(!/(^|\/)thidua\//.test(name) || tag === version, `${image} is not of version ${version}`),
      ];
    }),
  "resources are bounded": (objects) =>
    eachContainer(objects, ({ resources }) => [
      ...unless(resources?.requests?.cpu, "asks for no processor time"),
      ...unless(
        resources?.requests?.memory && resources.requests.memory === resources.limits?.memory,
        "has no memory limit equal to what it asks for",
      ),
      ...unless(resources?.limits?.["ephemeral-storage"], "may fill the node's disk"),
    ]),
  "Services lead to pods": (objects) =>
    of(objects, "Service").flatMap((service) => {
      const pods = podsBehind(objects, service);
      const behind = workloads(objects).filter(
        (workload) => !ends(workload) && pods.some((pod) => pod.replace(/-\d+$/, "") === workload.metadata.name),
      );
      return [
        ...unless(behind.length === 1, `${named(service)}: selects ${behind.length} workloads`),
        ...service.spec.ports.flatMap(({ targetPort }) =>
          behind.flatMap((workload) =>
            unless(
              portsOf(workload).some(({ name, containerPort }) => targetPort === name || targetPort === containerPort),
              `${named(service)}: ${named(workload)} has no port ${targetPort}`,
            ),
          ),
        ),
      ];
    }),
  "the services' Services are headless": (objects) =>
    services.flatMap((name) => {
      const { spec } = find(objects, "Service", name) ?? { spec: {} };
      return unless(
        spec.clusterIP === "None" && !spec.publishNotReadyAddresses,
        `Service ${name}: callers could not spread their calls over its ready pods`,
      );
    }),
  "everything is denied that is not named": (objects) => [
    ...["Ingress", "Egress"].flatMap((type) => unless(policies(objects, type).some(denies), `no NetworkPolicy denies ${type} by default`)),
    ...workloads(objects).flatMap((workload) =>
      ["Ingress", "Egress"].flatMap((type) => {
        const wanted = type === "Egress" || !ends(workload);
        return unless(
          !wanted || namedPolicies(objects, type, labelsOf(workload)).length,
          `${named(workload)}: no NetworkPolicy names a flow of ${type}`,
        );
      }),
    ),
    ...of(objects, "Service").flatMap((service) =>
      workloads(objects)
        .filter((workload) => podsBehind(objects, service).includes(`${workload.metadata.name}-0`))
        .flatMap((workload) =>
          unless(namedPolicies(objects, "Ingress", labelsOf(workload)).length, `${named(service)}: no NetworkPolicy selects its pods`),
        ),
    ),
    ...policies(objects, "Ingress")
      .filter((policy) => !denies(policy))
      .flatMap((policy) =>
        policy.spec.ingress.flatMap((flow) => [
          ...unless(flow.from?.length && flow.ports?.length, `${named(policy)}: lets in anybody or to any port`),
          ...(flow.ports ?? []).flatMap(({ port }) =>
            unless(
              workloads(objects).some(
                (workload) =>
                  selects(policy.spec.podSelector, labelsOf(workload)) &&
                  portsOf(workload).some(({ containerPort }) => containerPort === port),
              ),
              `${named(policy)}: nobody it selects has port ${port}`,
            ),
          ),
        ]),
      ),
    ...policies(objects, "Egress")
      .filter((policy) => !denies(policy))
      .flatMap((policy) =>
        policy.spec.egress.flatMap((flow) => unless(flow.to?.length && flow.ports?.length, `${named(policy)}: lets out to anywhere`)),
      ),
  ],
  "needed flows are open at both ends": (objects) =>
    flowsNeeded(objects).flatMap(({ from, to, port }) => [
      ...unless(
        lets(objects, "Egress", labelsOf(from), labelsOf(to), port),
        `${named(from)}: may not go out to ${named(to)}, port ${port}`,
      ),
      ...unless(lets(objects, "Ingress", labelsOf(to), labelsOf(from), port), `${named(to)}: does not let in ${named(from)}, port ${port}`),
    ]),
  "the database is nobody else's": (objects) =>
    of(objects, "NetworkPolicy")
      .filter(({ spec }) => selects(spec.podSelector, { "app.kubernetes.io/name": "database" }) && spec.ingress)
      .flatMap((policy) =>
        policy.spec.ingress.flatMap(({ from }) =>
          from.flatMap((end) =>
            unless(
              end.podSelector && !end.namespaceSelector && !end.ipBlock,
              `${named(policy)}: lets in others than pods of this namespace`,
            ),
          ),
        ),
      ),
  "probes ask what is there": (objects) =>
    workloads(objects)
      .filter((workload) => !ends(workload))
      .flatMap((workload) =>
        podOf(workload).containers.flatMap((container) =>
          ["startupProbe", "livenessProbe", "readinessProbe"].flatMap((name) => {
            const probe = container[name];
            if (!probe) return [`${named(workload)}: has no ${name}`];
            const port = probe.grpc?.port ?? probe.httpGet?.port ?? probe.tcpSocket?.port;
            return unless(
              probe.exec || (container.ports ?? []).some((open) => open.containerPort === port || open.name === port),
              `${named(workload)}: ${name} asks port ${port}, which is not the container's`,
            );
          }),
        ),
      ),
  "a database that is away restarts nobody": (objects) =>
    serving(objects).flatMap((workload) => {
      const { startupProbe, livenessProbe, readinessProbe, ports } = podOf(workload).containers[0];
      const health = ports.find(({ name }) => name === "health").containerPort;
      const process = source("common/service/service.cc").match(/kProcess\[\] = "(\w+)"/)[1];
      return [
        ...[startupProbe, livenessProbe].flatMap((probe) =>
          unless(probe?.grpc?.service === process, `${named(workload)}: restarts it for more than the process itself`),
        ),
        ...unless(readinessProbe?.grpc && !readinessProbe.grpc.service, `${named(workload)}: is not ready by its overall health`),
        ...[startupProbe, livenessProbe, readinessProbe].flatMap((probe) =>
          unless(probe?.grpc?.port === health, `${named(workload)}: probes another port than health`),
        ),
        ...unless(
          startupProbe?.periodSeconds * startupProbe?.failureThreshold >= 1800,
          `${named(workload)}: does not wait half an hour for its database`,
        ),
      ];
    }),
  "pods end after their drain": (objects) =>
    serving(objects).flatMap((workload) => {
      const pause = podOf(workload).containers[0].lifecycle?.preStop?.sleep?.seconds ?? 0;
      const drain = configOf(objects, workload).drain_seconds;
      const least = pause + drain + grace;
      return [
        ...unless(pause > 0 && drain >= 5, `${named(workload)}: goes before callers know`),
        ...unless(
          podOf(workload).terminationGracePeriodSeconds > least,
          `${named(workload)}: is killed after ${podOf(workload).terminationGracePeriodSeconds} s, needs more than ${least} s`,
        ),
      ];
    }),
  "secrets are files, and the group's only": (objects) => [
    ...eachContainer(objects, ({ env, envFrom, volumeMounts }) => [
      ...unless(
        !envFrom &&
          (env ?? []).every(
            ({ value, valueFrom }) => value === undefined && Object.keys(valueFrom ?? {}).every((from) => from === "fieldRef"),
          ),
        "takes settings from its environment",
      ),
      ...unless(
        (volumeMounts ?? []).every(({ subPath, subPathExpr }) => !subPath && !subPathExpr),
        "mounts a single file, which would never be renewed",
      ),
    ]),
    ...eachPod(objects, ({ volumes, securityContext }) =>
      volumes.flatMap((volume) =>
        contentsOf(volume)
          .filter(({ kind }) => kind === "Secret")
          .flatMap(({ name, mode }) =>
            unless((mode & 0o037) === 0 && (mode & 0o040) !== 0 && securityContext.fsGroup, `secret ${name} has mode ${mode.toString(8)}`),
          ),
      ),
    ),
  ],
  "only migrations see the owner": (objects) =>
    workloads(objects)
      .filter((workload) => isService(workload) || ends(workload))
      .flatMap((workload) => {
        const name = labelsOf(workload)["app.kubernetes.io/name"];
        const seen = podOf(workload)
          .volumes.flatMap(contentsOf)
          .filter(({ kind }) => kind === "Secret")
          .map((secret) => secret.name);
        const own = {
          Job: [`${name}-owner`],
          CronJob: [`${name}-account`],
          Deployment: [`${name}-identity`, `${name}-secrets`],
        };
        return unless(
          JSON.stringify([...seen].sort()) === JSON.stringify([...own[workload.kind], "database-ca"].sort()),
          `${named(workload)}: sees the secrets ${seen.join(", ")}`,
        );
      }),
  "what is referred to is there": (objects) =>
    workloads(objects).flatMap((workload) => [
      ...unless(
        find(objects, "ServiceAccount", podOf(workload).serviceAccountName),
        `${named(workload)}: no ServiceAccount ${podOf(workload).serviceAccountName}`,
      ),
      ...podOf(workload)
        .volumes.flatMap(contentsOf)
        .filter(({ optional }) => !optional)
        .flatMap(({ kind, name, files }) => {
          const keys = keysOf(objects, kind, name);
          if (!keys) return [`${named(workload)}: no ${kind} ${name}`];
          return Object.values(files ?? {}).flatMap((key) =>
            unless(keys.includes(key), `${named(workload)}: ${kind} ${name} has no ${key}`),
          );
        }),
      ...podOf(workload).volumes.flatMap(({ persistentVolumeClaim: claim }) =>
        unless(!claim || find(objects, "PersistentVolumeClaim", claim.claimName), `${named(workload)}: no claim ${claim?.claimName}`),
      ),
      ...containersOf(workload).flatMap(({ name, volumeMounts }) =>
        volumeMounts.flatMap((mount) =>
          unless(
            [...podOf(workload).volumes, ...(workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)].some(
              (volume) => volume.name === mount.name,
            ),
            `${named(workload)}: container ${name} mounts ${mount.name}, which is no volume`,
          ),
        ),
      ),
    ]),
  "the configuration's files are mounted": (objects) =>
    [...serving(objects), ...migrations(objects)].flatMap((workload) => {
      const config = configOf(objects, workload);
      const migrates = workload.kind === "Job";
      const files = migrates
        ? [config.database.owner_password_file, config.database.tls_ca_file]
        : [
            ...Object.values(config.tls).filter((value) => value.startsWith("/")),
            config.database.app_password_file,
            config.database.tls_ca_file,
            config.access_policy_file,
            config.signing_key_file,
            config.page_token_key_file,
            ...config.follow.flatMap((follow) => follow.document_key_file ?? []),
          ];
      return files.flatMap((path) =>
        unless(path && fileAt(objects, podOf(workload), podOf(workload).containers[0], path), `${named(workload)}: ${path} is not mounted`),
      );
    }),
  "the configuration's ports are the container's": (objects) =>
    serving(objects).flatMap((workload) => {
      const config = configOf(objects, workload);
      return Object.entries({
        grpc: "listen_address",
        health: "health_address",
        admin: "admin_address",
        metrics: "metrics_address",
      }).flatMap(([name, field]) => {
        const port = portsOf(workload).find((open) => open.name === name)?.containerPort;
        return unless(config[field]?.endsWith(`:${port}`), `${named(workload)}: ${field} is ${config[field]}, port ${name} is ${port}`);
      });
    }),
  "the three services are alike": (objects) => {
    const likeness = (name) => {
      // Not their configuration and their flows, which are what they differ in.
      const own = objects.filter(({ kind, metadata }) => metadata.labels?.["app.kubernetes.io/name"] === name && kind !== "ConfigMap");
      const text = JSON.stringify(
        own.map((object) => {
          const copy = structuredClone(object);
          if (copy.kind !== "Deployment") return copy;
          // awards alone follows reporting, whose public key it needs.
          const pod = podOf(copy);
          if (name === "awards") pod.volumes = pod.volumes.filter((volume) => volume.name !== "document-keys");
          if (name === "awards")
            pod.containers[0].volumeMounts = pod.containers[0].volumeMounts.filter((mount) => mount.name !== "document-keys");
          return copy;
        }),
      );
      // Names, and the hashes behind those of ConfigMaps.
      return text.replaceAll(new RegExp(`${name}-config-\\w+`, "g"), "NAME-config").replaceAll(name, "NAME");
    };
    return services
      .slice(1)
      .flatMap((name) => unless(likeness(name) === likeness(services[0]), `${name} differs from ${services[0]} in more than its name`));
  },
  "a rollout takes no pod away": (objects) =>
    of(objects, "Deployment").flatMap((deployment) => {
      const { maxUnavailable, maxSurge } = deployment.spec.strategy?.rollingUpdate ?? {};
      const budget = of(objects, "PodDisruptionBudget").filter(({ spec }) => selects(spec.selector, labelsOf(deployment)));
      return [
        ...unless(maxUnavailable === 0 && maxSurge >= 1, `${named(deployment)}: takes a pod away before another is ready`),
        ...unless(
          budget.length === 1 && budget[0].spec.maxUnavailable === 1,
          `${named(deployment)}: no PodDisruptionBudget of one pod at a time`,
        ),
      ];
    }),
  "pods are spread": (objects) =>
    of(objects, "Deployment").flatMap((deployment) =>
      unless(
        podOf(deployment).topologySpreadConstraints?.some(
          ({ topologyKey, labelSelector }) => topologyKey === "kubernetes.io/hostname" && selects(labelSelector, labelsOf(deployment)),
        ),
        `${named(deployment)}: all its pods may be on one node`,
      ),
    ),
  "pods are added by the queue's age": (objects) =>
    serving(objects).flatMap((deployment) => {
      const scaler = of(objects, "HorizontalPodAutoscaler").find(
        ({ spec }) => spec.scaleTargetRef.kind === "Deployment" && spec.scaleTargetRef.name === deployment.metadata.name,
      );
      const asked = (scaler?.spec.metrics ?? []).map(({ pods }) => pods?.metric.name);
      return [
        ...unless(scaler, `${named(deployment)}: no HorizontalPodAutoscaler`),
        ...unless(asked.length === 1 && metrics.has(asked[0]), `${named(deployment)}: is scaled by ${asked}, which it does not tell`),
        ...unless(
          deployment.spec.replicas === undefined,
          `${named(deployment)}: each apply would undo the HorizontalPodAutoscaler's number`,
        ),
      ];
    }),
  "connections fit into the database": (objects) => {
    const settings = of(objects, "ConfigMap").find(({ data }) => data?.["server.cnf"])?.data["server.cnf"];
    if (!settings) return [];
    const most = Number(/^max_connections = (\d+)$/m.exec(settings)[1]);
    const wanted = serving(objects).reduce((sum, deployment) => {
      const { maxReplicas } = find(objects, "HorizontalPodAutoscaler", deployment.metadata.name).spec;
      return sum + maxReplicas * (configOf(objects, deployment).database.pool_size + ownConnections);
    }, 0);
    return unless(wanted < most, `services may want ${wanted} connections, the database gives ${most}`);
  },
  "each schema has one writer": (objects) => {
    const nodes = podsBehind(objects, find(objects, "Service", "database-nodes"));
    if (!nodes.length) return [];
    const orders = serving(objects).map((deployment) => ({
      deployment,
      order: serversOf(configOf(objects, deployment)).map((host) => podsBehind(objects, find(objects, "Service", host))),
    }));
    return [
      ...orders.flatMap(({ deployment, order }) => [
        ...unless(
          order.every((pods) => pods.length === 1),
          `${named(deployment)}: a name that it knows leads to several nodes, or to none`,
        ),
        ...unless(
          nodes.every((node) => order.flat().includes(node)),
          `${named(deployment)}: does not know every node`,
        ),
      ]),
      ...unless(
        new Set(orders.map(({ order }) => order[0].join())).size === Math.min(nodes.length, orders.length),
        "services prefer the same node though there are others",
      ),
    ];
  },
  "each version migrates once": (objects) =>
    services.flatMap((name) => {
      const job = migrations(objects).find((object) => labelsOf(object)["app.kubernetes.io/name"] === name);
      return [
        ...unless(
          job?.metadata.name === `${name}-migration-${version.replaceAll(".", "-")}`,
          `${name}: no migration Job with ${version} in its name`,
        ),
        ...unless(
          job?.spec.ttlSecondsAfterFinished > 0 && job?.spec.backoffLimit > 0,
          `${name}: its migration is not repeated, or never cleared away`,
        ),
        ...unless(job && containersOf(job)[0].args[0] === "migrate", `${name}: its Job does not migrate`),
      ];
    }),
  "backups come one after another, and end": (objects) =>
    of(objects, "CronJob").flatMap((cron) => [
      ...unless(cron.spec.concurrencyPolicy === "Forbid", `${named(cron)}: starts another beside one that still runs`),
      ...unless(
        cron.spec.startingDeadlineSeconds >= 60,
        `${named(cron)}: a start that is missed for a moment is lost, or made up for at any time`,
      ),
      ...unless(cron.spec.jobTemplate.spec.activeDeadlineSeconds > 0, `${named(cron)}: one that hangs holds up all that follow`),
      ...unless(
        cron.spec.successfulJobsHistoryLimit >= 1 && cron.spec.failedJobsHistoryLimit >= 1,
        `${named(cron)}: leaves nothing to look at`,
      ),
    ]),
  "backups share their volume": (objects) => {
    const jobs = backups(objects);
    const claims = jobs.map((job) => podOf(job).volumes.find((volume) => volume.persistentVolumeClaim)?.persistentVolumeClaim.claimName);
    return [
      ...unless(new Set(claims).size <= 1 && !claims.includes(undefined), "full backups and logs are not on one volume"),
      ...jobs.flatMap((job) =>
        jobs.flatMap((other) =>
          unless(
            podOf(job).affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.some(
              ({ topologyKey, labelSelector }) => topologyKey === "kubernetes.io/hostname" && selects(labelSelector, labelsOf(other)),
            ),
            `${named(job)}: may be on another node than ${named(other)}, where the volume cannot be mounted`,
          ),
        ),
      ),
    ];
  },
  "backups are encrypted together": (objects) => {
    const jobs = backups(objects);
    const keyOf = (job) => {
      const { args } = podOf(job).containers[0];
      return args.includes("--encrypt-to") ? args[args.indexOf("--encrypt-to") + 1] : undefined;
    };
    return [
      ...unless(new Set(jobs.map(keyOf)).size <= 1, "of full backups and logs only one is encrypted"),
      ...jobs.flatMap((job) =>
        unless(
          !keyOf(job) || fileAt(objects, podOf(job), podOf(job).containers[0], keyOf(job)),
          `${named(job)}: the key ${keyOf(job)} is not mounted`,
        ),
      ),
    ];
  },
  "certificates bear the names that are used": (objects) => {
    const certificates = of(objects, "Certificate");
    const dnsNames = (name) => certificates.find(({ spec }) => spec.secretName === name)?.spec.dnsNames ?? [];
    const databaseBears = (who, host) =>
      unless(
        !find(objects, "StatefulSet", "database") || (find(objects, "Service", host) && dnsNames("database-identity").includes(host)),
        `${who}: its database's certificate has not the name ${host}`,
      );
    return [
      ...serving(objects).flatMap((workload) => {
        const config = configOf(objects, workload);
        const name = workload.metadata.name;
        const { spec } = certificates.find((certificate) => certificate.spec.secretName === `${name}-identity`) ?? { spec: {} };
        return [
          ...unless(
            spec.uris?.length === 1 && spec.uris[0] === `spiffe://${config.tls.trust_domain}/service/${name}`,
            `${name}: its certificate has not the one SPIFFE identity of its trust domain`,
          ),
          ...unless(
            ["server auth", "client auth"].every((usage) => spec.usages?.includes(usage)),
            `${name}: its certificate cannot be used both ways`,
          ),
          ...config.follow.flatMap(({ service, target }) => {
            const host = /^dns:\/\/\/([^:]+):8443$/.exec(target)?.[1];
            return unless(
              host?.split(".")[0] === service && dnsNames(`${service}-identity`).includes(host),
              `${name}: follows ${target}, a name that ${service}'s certificate has not`,
            );
          }),
          ...serversOf(config).flatMap((host) => databaseBears(name, host)),
        ];
      }),
      ...backups(objects).flatMap((job) => {
        const { kind, name, key } = fileAt(objects, podOf(job), podOf(job).containers[0], "/run/thidua/account/backup.cnf");
        const host = /^host = (.+)$/m.exec(find(objects, kind, name).data[key])?.[1];
        return databaseBears(named(job), host);
      }),
      ...certificates
        .filter(({ spec }) => !spec.isCA)
        .flatMap((certificate) => [
          ...unless(
            seconds(certificate.spec.renewBefore) * 4 >= seconds(certificate.spec.duration),
            `${named(certificate)}: is renewed too late`,
          ),
          ...unless(certificate.spec.privateKey?.rotationPolicy === "Always", `${named(certificate)}: keeps its key`),
        ]),
    ];
  },
  "what is scraped has its own labels": (objects) =>
    of(objects, "ServiceMonitor").flatMap((monitor) =>
      monitor.spec.endpoints.flatMap(({ port, relabelings }) => [
        ...unless(
          relabelings?.some(({ action, regex }) => action === "labeldrop" && new RegExp(`^(${regex})$`).test("service")),
          `${named(monitor)}: our label "service" would be renamed`,
        ),
        ...services.flatMap((name) => {
          const service = find(objects, "Service", name);
          return unless(
            selects(monitor.spec.selector, service.metadata.labels) && service.spec.ports.some((open) => open.name === port),
            `${named(monitor)}: does not scrape ${name}`,
          );
        }),
      ]),
    ),
  "the namespace admits only restricted pods": (objects) =>
    of(objects, "Namespace").flatMap((namespace) => [
      ...unless(
        namespace.metadata.labels["pod-security.kubernetes.io/enforce"] === "restricted",
        `${named(namespace)}: admits pods with privileges`,
      ),
      ...objects
        .filter(({ kind }) => kind !== "Namespace")
        .flatMap((object) => unless(object.metadata.namespace === namespace.metadata.name, `${named(object)}: is in another namespace`)),
    ]),
};
