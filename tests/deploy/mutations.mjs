// Small edits of a good build, each of which one rule must refuse; and edits that the schema must refuse. A check that finds nothing proves
// nothing until it has been seen to find something.
const find = (objects, kind, name) => objects.find((object) => object.kind === kind && object.metadata.name.startsWith(name));
const pod = (objects, kind, name) => {
  const { spec } = find(objects, kind, name);
  return (spec.jobTemplate?.spec ?? spec).template.spec;
};
const first = (objects, kind = "Deployment", name = "reporting") => pod(objects, kind, name).containers[0];
const remove = (objects, kind, name) => objects.splice(objects.indexOf(find(objects, kind, name)), 1);
const policy = (objects, name) => find(objects, "NetworkPolicy", name).spec;
const edit = (objects, name, change) => {
  const { data } = find(objects, "ConfigMap", `${name}-config`);
  const config = JSON.parse(data["service.json"]);
  change(config);
  data["service.json"] = JSON.stringify(config);
};

// [rule, what is done, the edit]
export const mutations = [
  ["nobody is root", "a pod without runAsNonRoot", (o) => delete pod(o, "Deployment", "awards").securityContext.runAsNonRoot],
  ["nobody is root", "user 0", (o) => (pod(o, "Job", "registry").securityContext.runAsUser = 0)],
  ["nobody is root", "a container of another user than its pod", (o) => (first(o).securityContext.runAsUser = 0)],
  ["nobody is root", "a backup as user 0", (o) => (pod(o, "CronJob", "backup").securityContext.runAsUser = 0)],
  ["nobody is root", "no seccomp profile", (o) => delete pod(o, "StatefulSet", "database").securityContext.seccompProfile],
  [
    "containers have no privileges",
    "a root file system that can be written",
    (o) => (first(o).securityContext.readOnlyRootFilesystem = false),
  ],
  [
    "containers have no privileges",
    "an init container that may gain privileges",
    (o) => delete pod(o, "StatefulSet", "database").initContainers[0].securityContext.allowPrivilegeEscalation,
  ],
  ["containers have no privileges", "a capability added", (o) => (first(o).securityContext.capabilities.add = ["NET_ADMIN"])],
  [
    "containers have no privileges",
    "a directory of the node",
    (o) => pod(o, "Deployment", "awards").volumes.push({ name: "node", hostPath: { path: "/" } }),
  ],
  ["containers have no privileges", "a backup with capabilities", (o) => delete first(o, "CronJob", "backup").securityContext.capabilities],
  ["containers have no privileges", "the node's network", (o) => (pod(o, "Deployment", "json-gateway").hostNetwork = true)],
  ["no token of the Kubernetes API", "a pod with a token", (o) => delete pod(o, "Deployment", "registry").automountServiceAccountToken],
  ["no token of the Kubernetes API", "a backup with a token", (o) => delete pod(o, "CronJob", "backup-logs").automountServiceAccountToken],
  [
    "no token of the Kubernetes API",
    "an account with a token",
    (o) => (find(o, "ServiceAccount", "database").automountServiceAccountToken = true),
  ],
  ["images are of one version", "latest", (o) => (first(o).image = "thidua/reporting:latest")],
  [
    "images are of one version",
    "no tag behind a registry with a port",
    (o) => (first(o).image = "images.example.vn:5000/thidua/reporting"),
  ],
  ["images are of one version", "a migration of another version", (o) => (first(o, "Job").image = "thidua/reporting:0.9.0")],
  ["resources are bounded", "no limits", (o) => delete first(o).resources.limits],
  ["resources are bounded", "a memory limit above the request", (o) => (first(o).resources.limits.memory = "1Gi")],
  ["images are of one version", "a backup of another version", (o) => (first(o, "CronJob", "backup").image = "thidua/backup:0.9.0")],
  [
    "resources are bounded",
    "a backup that may fill the node",
    (o) => delete first(o, "CronJob", "backup").resources.limits["ephemeral-storage"],
  ],
  ["resources are bounded", "no request of processor time", (o) => delete first(o, "Job").resources.requests.cpu],
  [
    "Services lead to pods",
    "a selector with a slip",
    (o) => (find(o, "Service", "registry").spec.selector["app.kubernetes.io/name"] = "registri"),
  ],
  ["Services lead to pods", "a port that nobody has", (o) => (find(o, "Service", "awards").spec.ports[0].targetPort = "grpcs")],
  ["the services' Services are headless", "an address of the cluster", (o) => delete find(o, "Service", "registry").spec.clusterIP],
  [
    "the services' Services are headless",
    "pods that are not ready",
    (o) => (find(o, "Service", "registry").spec.publishNotReadyAddresses = true),
  ],
  ["everything is denied that is not named", "no default", (o) => remove(o, "NetworkPolicy", "default-deny")],
  [
    "everything is denied that is not named",
    "a default for one direction only",
    (o) => (policy(o, "default-deny").policyTypes = ["Ingress"]),
  ],
  ["everything is denied that is not named", "a Service without a policy", (o) => remove(o, "NetworkPolicy", "json-gateway")],
  ["everything is denied that is not named", "anybody let in", (o) => delete policy(o, "callers-to-services").ingress[0].from],
  ["everything is denied that is not named", "a way out to anywhere", (o) => delete policy(o, "awards").egress[0].to],
  [
    "everything is denied that is not named",
    "a port that nobody has",
    (o) => (policy(o, "prometheus-to-services").ingress[0].ports[0].port = 9091),
  ],
  [
    "needed flows are open at both ends",
    "awards not let in by reporting",
    (o) => (policy(o, "reporting").ingress[0].from[0].podSelector.matchLabels["app.kubernetes.io/name"] = "portal"),
  ],
  [
    "needed flows are open at both ends",
    "awards not let out",
    (o) => policy(o, "awards").egress[0].to[0].podSelector.matchExpressions[0].values.pop(),
  ],
  [
    "needed flows are open at both ends",
    "the database on another port",
    (o) => (policy(o, "services-to-database").egress[0].ports[0].port = 3307),
  ],
  [
    "needed flows are open at both ends",
    "backups not let out",
    (o) => policy(o, "services-to-database").podSelector.matchExpressions[0].values.pop(),
  ],
  [
    "needed flows are open at both ends",
    "backups not let in by the database",
    (o) => policy(o, "database").ingress[0].from[0].podSelector.matchExpressions[0].values.pop(),
  ],
  ["needed flows are open at both ends", "nodes that cannot copy one another", (o) => policy(o, "database").ingress[1].ports.pop()],
  [
    "needed flows are open at both ends",
    "a gateway that the services do not let in",
    (o) => remove(o, "NetworkPolicy", "json-gateway-to-services"),
  ],
  [
    "the database is nobody else's",
    "another namespace let in",
    (o) => policy(o, "database").ingress[0].from.push({ namespaceSelector: {} }),
  ],
  ["probes ask what is there", "no readiness probe", (o) => delete first(o, "Deployment", "json-gateway").readinessProbe],
  ["probes ask what is there", "a port that is not the container's", (o) => (first(o).readinessProbe.grpc.port = 8082)],
  ["a database that is away restarts nobody", "liveness by the overall health", (o) => delete first(o).livenessProbe.grpc.service],
  [
    "a database that is away restarts nobody",
    "liveness by the database's health",
    (o) => (first(o).livenessProbe.grpc.service = "database"),
  ],
  ["a database that is away restarts nobody", "readiness by the process", (o) => (first(o).readinessProbe.grpc.service = "process")],
  ["a database that is away restarts nobody", "a minute's patience at the start", (o) => (first(o).startupProbe.failureThreshold = 30)],
  ["a database that is away restarts nobody", "probes on the callers' port", (o) => (first(o).readinessProbe.grpc.port = 8443)],
  ["pods end after their drain", "a short grace period", (o) => (pod(o, "Deployment", "awards").terminationGracePeriodSeconds = 25)],
  ["pods end after their drain", "a longer drain", (o) => edit(o, "registry", (c) => (c.drain_seconds = 30))],
  ["pods end after their drain", "no pause before", (o) => delete first(o).lifecycle],
  [
    "secrets are files, and the group's only",
    "a password in the environment",
    (o) => (first(o).env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "reporting-secrets", key: "app.password" } } }]),
  ],
  [
    "secrets are files, and the group's only",
    "all of a secret in the environment",
    (o) => (first(o).envFrom = [{ secretRef: { name: "reporting-secrets" } }]),
  ],
  [
    "secrets are files, and the group's only",
    "an option file that everybody may read",
    (o) => (pod(o, "CronJob", "backup").volumes.find(({ name }) => name === "account").projected.defaultMode = 0o444),
  ],
  [
    "secrets are files, and the group's only",
    "the default mode",
    (o) => delete pod(o, "Deployment", "registry").volumes.find(({ name }) => name === "secrets").secret.defaultMode,
  ],
  ["secrets are files, and the group's only", "nobody's group", (o) => delete pod(o, "Deployment", "registry").securityContext.fsGroup],
  ["secrets are files, and the group's only", "a single file", (o) => (first(o).volumeMounts[1].subPath = "tls.crt")],
  [
    "only migrations see the owner",
    "a serving pod with the owner's password",
    (o) => (pod(o, "Deployment", "registry").volumes.find(({ name }) => name === "secrets").secret.secretName = "registry-owner"),
  ],
  [
    "only migrations see the owner",
    "another service's secrets",
    (o) => (pod(o, "Deployment", "registry").volumes.find(({ name }) => name === "secrets").secret.secretName = "awards-secrets"),
  ],
  [
    "only migrations see the owner",
    "a backup with an owner's password",
    (o) =>
      pod(o, "CronJob", "backup")
        .volumes.find(({ name }) => name === "account")
        .projected.sources.push({ secret: { name: "registry-owner" } }),
  ],
  [
    "what is referred to is there",
    "a secret that nobody supplies",
    (o) => (pod(o, "Deployment", "registry").volumes.find(({ name }) => name === "identity").secret.secretName = "registry-tls"),
  ],
  ["what is referred to is there", "no volume for backups", (o) => remove(o, "PersistentVolumeClaim", "backup")],
  ["what is referred to is there", "no certificate", (o) => remove(o, "Certificate", "awards-identity")],
  ["what is referred to is there", "no policy", (o) => remove(o, "ConfigMap", "access-policy")],
  ["what is referred to is there", "no account", (o) => remove(o, "ServiceAccount", "reporting")],
  ["what is referred to is there", "a mount of no volume", (o) => first(o).volumeMounts.push({ name: "cache", mountPath: "/cache" })],
  [
    "what is referred to is there",
    "a key that the secret has not",
    (o) =>
      (pod(o, "StatefulSet", "database").volumes.find(({ name }) => name === "accounts").projected.sources[0].secret.items[0].key =
        "password"),
  ],
  [
    "the configuration's files are mounted",
    "a file beside the mounted ones",
    (o) => edit(o, "awards", (c) => (c.signing_key_file = "/run/thidua/signing.pem")),
  ],
  [
    "the configuration's files are mounted",
    "a misspelt key",
    (o) => edit(o, "awards", (c) => (c.follow[1].document_key_file = "/run/thidua/document-keys/report.pem")),
  ],
  [
    "the configuration's files are mounted",
    "an owner without a password",
    (o) => edit(o, "registry", (c) => delete c.database.owner_password_file),
  ],
  [
    "the configuration's ports are the container's",
    "another health port",
    (o) => edit(o, "awards", (c) => (c.health_address = "[::]:8082")),
  ],
  ["the three services are alike", "another grace period", (o) => (pod(o, "Deployment", "awards").terminationGracePeriodSeconds = 60)],
  [
    "the three services are alike",
    "a volume that awards alone has",
    (o) => pod(o, "Deployment", "awards").volumes.push({ name: "cache", emptyDir: {} }),
  ],
  ["the three services are alike", "no budget", (o) => remove(o, "PodDisruptionBudget", "reporting")],
  [
    "a rollout takes no pod away",
    "one unavailable",
    (o) => (find(o, "Deployment", "json-gateway").spec.strategy.rollingUpdate.maxUnavailable = 1),
  ],
  ["a rollout takes no pod away", "no budget", (o) => remove(o, "PodDisruptionBudget", "json-gateway")],
  [
    "pods are spread",
    "another's label",
    (o) => (pod(o, "Deployment", "awards").topologySpreadConstraints[0].labelSelector.matchLabels["app.kubernetes.io/name"] = "award"),
  ],
  [
    "pods are added by the queue's age",
    "a metric that is not told",
    (o) => (find(o, "HorizontalPodAutoscaler", "awards").spec.metrics[0].pods.metric.name = "thidua_admission_age_seconds"),
  ],
  ["pods are added by the queue's age", "a fixed number", (o) => (find(o, "Deployment", "awards").spec.replicas = 2)],
  [
    "pods are added by the queue's age",
    "another's",
    (o) => (find(o, "HorizontalPodAutoscaler", "awards").spec.scaleTargetRef.name = "award"),
  ],
  ["connections fit into the database", "many pods", (o) => (find(o, "HorizontalPodAutoscaler", "awards").spec.maxReplicas = 30)],
  ["connections fit into the database", "large pools", (o) => edit(o, "registry", (c) => (c.database.pool_size = 150))],
  [
    "each schema has one writer",
    "a name for all nodes",
    (o) => delete find(o, "Service", "database-1").spec.selector["statefulset.kubernetes.io/pod-name"],
  ],
  ["each schema has one writer", "a node that a service does not know", (o) => edit(o, "registry", (c) => c.database.fallback_hosts.pop())],
  [
    "each schema has one writer",
    "two services on one node",
    (o) =>
      edit(o, "awards", (c) => Object.assign(c.database, { host: "database-0", fallback_hosts: ["database-1:3306", "database-2:3306"] })),
  ],
  ["each version migrates once", "a name without its version", (o) => (find(o, "Job", "registry").metadata.name = "registry-migration")],
  ["each version migrates once", "never cleared away", (o) => delete find(o, "Job", "registry").spec.ttlSecondsAfterFinished],
  ["backups come one after another, and end", "two at once", (o) => delete find(o, "CronJob", "backup-logs").spec.concurrencyPolicy],
  [
    "backups come one after another, and end",
    "no deadline for a start",
    (o) => delete find(o, "CronJob", "backup").spec.startingDeadlineSeconds,
  ],
  [
    "backups come one after another, and end",
    "one that hangs",
    (o) => delete find(o, "CronJob", "backup").spec.jobTemplate.spec.activeDeadlineSeconds,
  ],
  ["backups come one after another, and end", "no failed one left", (o) => (find(o, "CronJob", "backup").spec.failedJobsHistoryLimit = 0)],
  [
    "backups share their volume",
    "logs on a volume of their own",
    (o) => (pod(o, "CronJob", "backup-logs").volumes.find(({ name }) => name === "backup").persistentVolumeClaim.claimName = "backup-logs"),
  ],
  ["backups share their volume", "on any node", (o) => delete pod(o, "CronJob", "backup-logs").affinity],
  [
    "backups share their volume",
    "beside full backups alone",
    (o) =>
      (pod(o, "CronJob", "backup").affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels[
        "app.kubernetes.io/component"
      ] = "full-backup"),
  ],
  ["backups are encrypted together", "logs in the clear", (o) => first(o, "CronJob", "backup-logs").args.splice(-2)],
  [
    "backups are encrypted together",
    "a key that is not there",
    (o) => {
      for (const name of ["backup", "backup-logs"]) first(o, "CronJob", name).args.splice(-1, 1, "/run/thidua/key/public.asc");
    },
  ],
  [
    "certificates bear the names that are used",
    "backups of a node by another name",
    (o) => {
      const { data } = find(o, "ConfigMap", "backup-server");
      data["backup.cnf"] = data["backup.cnf"].replace("database-0", "database-3");
    },
  ],
  [
    "certificates bear the names that are used",
    "two identities",
    (o) => find(o, "Certificate", "registry").spec.uris.push("spiffe://thidua.example.vn/service/reporting"),
  ],
  [
    "certificates bear the names that are used",
    "another trust domain",
    (o) => edit(o, "awards", (c) => (c.tls.trust_domain = "example.vn")),
  ],
  [
    "certificates bear the names that are used",
    "a name that is dialled and not certified",
    (o) => edit(o, "awards", (c) => (c.follow[0].target = "dns:///registry.suite.svc:8443")),
  ],
  [
    "certificates bear the names that are used",
    "awards sent to another service",
    (o) => edit(o, "awards", (c) => (c.follow[0].target = "dns:///reporting:8443")),
  ],
  [
    "certificates bear the names that are used",
    "a database by another name",
    (o) => edit(o, "awards", (c) => (c.database.host = "database-0.database-nodes")),
  ],
  [
    "certificates bear the names that are used",
    "a second database by another name",
    (o) => edit(o, "awards", (c) => (c.database.fallback_hosts = ["database-3:3306"])),
  ],
  [
    "certificates bear the names that are used",
    "renewed in the last days",
    (o) => (find(o, "Certificate", "awards").spec.renewBefore = "24h"),
  ],
  [
    "certificates bear the names that are used",
    "a key for ever",
    (o) => (find(o, "Certificate", "awards").spec.privateKey.rotationPolicy = "Never"),
  ],
  [
    "what is scraped has its own labels",
    "the operator's labels",
    (o) => delete find(o, "ServiceMonitor", "thidua").spec.endpoints[0].relabelings,
  ],
  [
    "what is scraped has its own labels",
    "a service left out",
    (o) => find(o, "ServiceMonitor", "thidua").spec.selector.matchExpressions[0].values.pop(),
  ],
  [
    "the namespace admits only restricted pods",
    "a privileged namespace",
    (o) => (find(o, "Namespace", "thidua").metadata.labels["pod-security.kubernetes.io/enforce"] = "privileged"),
  ],
  [
    "the namespace admits only restricted pods",
    "an object elsewhere",
    (o) => (find(o, "ConfigMap", "access-policy").metadata.namespace = "default"),
  ],
];

// [what is done, the edit]: refused by the models or by the walk for unknown fields.
export const malformed = [
  ["a field of another type", (o) => (find(o, "Deployment", "awards").spec.minReadySeconds = "5")],
  ["a field left out that must be there", (o) => delete find(o, "Deployment", "awards").spec.selector],
  ["a misspelt field of a container", (o) => (first(o).readinesProbe = {})],
  ["a misspelt field of a pod", (o) => (pod(o, "Job", "awards").terminationGracePeriod = 40)],
  ["a field on the wrong level", (o) => (find(o, "Deployment", "awards").replicas = 3)],
  ["an unknown field of a policy", (o) => (policy(o, "awards").egress[0].from = [])],
  ["an unknown field of a certificate", (o) => (find(o, "Certificate", "awards").spec.dnsName = "awards")],
  ["an unknown field of an alert", (o) => (find(o, "PrometheusRule", "thidua").spec.groups[0].rules[0].severity = "page")],
  ["an unknown field of a monitor", (o) => (find(o, "ServiceMonitor", "thidua").spec.endpoints[0].every = "15s")],
  ["a kind that is not there", (o) => (find(o, "HorizontalPodAutoscaler", "awards").apiVersion = "autoscaling/v2beta1")],
];
