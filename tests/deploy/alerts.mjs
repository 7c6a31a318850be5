// The alert rules, the dashboard and the autoscaling: promtool's own check, each alert seen to fire and to be quiet (alerts.yaml), tests that
// fail when an alert is spoilt, and no metric that nobody tells.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parse as parseYaml, stringify } from "yaml";
import { build, root } from "./kustomize.mjs";

const work = process.argv[2];
const monitoring = `${root}deploy/kubernetes/components/monitoring/`;
const read = (path) => readFileSync(path, "utf8");
let bad = 0;
const say = (good, text) => {
  bad += good ? 0 : 1;
  console.log(`${good ? "✓" : "✗"} ${text}`);
};

const production = build(`${root}deploy/kubernetes/overlays/production`);
const { groups } = production.find(({ kind }) => kind === "PrometheusRule").spec;
const alerts = groups.flatMap(({ rules }) => rules);
// Everything is text in it: 0x20 is twenty zeros, not thirty-two.
const cases = parseYaml(read(`${root}tests/deploy/alerts.yaml`), { schema: "failsafe" });

function promtool(...words) {
  try {
    return { ok: true, text: execFileSync("promtool", words, { encoding: "utf8", stdio: "pipe", cwd: work }) };
  } catch (error) {
    return { ok: false, text: `${error.stdout}${error.stderr}` };
  }
}

const expand = (values) => values.replace(/\((.+)\)x(\d+)/, (_, some, times) => Array(Number(times)).fill(some).join(" "));

function testOf(alert, series, firing) {
  return {
    interval: "15s",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values: expand(values) })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: cases[alert].at,
        exp_samples: firing ? [{ labels: "{}", value: 1 }] : [],
      },
    ],
  };
}

// Do the tests of these alerts pass with these groups?
function passes(name, someGroups, someAlerts) {
  writeFileSync(`${work}/${name}.rules`, JSON.stringify({ groups: someGroups }));
  const tests = someAlerts.flatMap((alert) => [testOf(alert, cases[alert].fires, true), testOf(alert, cases[alert].quiet, false)]);
  writeFileSync(`${work}/${name}.tests`, stringify({ rule_files: [`${name}.rules`], evaluation_interval: "15s", tests }));
  return promtool("test", "rules", `${name}.tests`);
}

const spoilt = (alert, expr) => [{ name: "spoilt", rules: [{ ...alert, expr }] }];

// What a text of PromQL names.
const metricsIn = (expr) =>
  expr.replaceAll(/"[^"]*"/g, '""').match(/\b(?:thidua|process|up|kube|container)(?:_\w+)?\b(?=\s*(?:[{[)]|$|[-+*/=<>]))/g) ?? [];

function metricsTold() {
  const names = (path) => [...read(root + path).matchAll(/"((?:thidua|process)_\w+)"/g)].map(([, name]) => name);
  const told = [...names("common/telemetry/instruments.cc"), ...names("common/telemetry/process_metrics.cc")];
  // A histogram is three series.
  // What kube-state-metrics tells of a CronJob.
  const kubernetes = ["kube_cronjob_status_last_successful_time", "kube_cronjob_created"];
  return new Set(["up", ...kubernetes, ...told, ...told.flatMap((name) => ["_bucket", "_sum", "_count"].map((part) => name + part))]);
}

const checked = passes(
  "all",
  groups,
  alerts.map(({ alert }) => alert).filter((alert) => cases[alert]),
);
const lint = promtool("check", "rules", "all.rules");
say(lint.ok, `promtool check rules${lint.ok ? `: ${alerts.length} alerts` : `: ${lint.text}`}`);
say(checked.ok, `promtool test rules${checked.ok ? "" : `: ${checked.text}`}`);
for (const alert of Object.keys(cases))
  if (!alerts.some((rule) => rule.alert === alert)) say(false, `${alert} is tested and does not exist`);

const guide = `${root}deploy/README.md`;
for (const rule of alerts) {
  const { alert, labels, annotations } = rule;
  if (!cases[alert]) {
    say(false, `${alert} has no test`);
    continue;
  }
  const never = passes("never", spoilt(rule, "vector(0) > 1"), [alert]);
  const always = passes("always", spoilt({ ...rule, for: "0s" }, "vector(1)"), [alert]);
  const told =
    ["page", "ticket"].includes(labels?.severity) &&
    annotations?.summary &&
    annotations.runbook_url === `deploy/README.md#${alert.toLowerCase()}`;
  // A heading of that name, or a row of a table that has it for its id.
  const place = new RegExp(`^#+ ${alert}\\s*$|id="${alert.toLowerCase()}"`, "m");
  const explained = place.test(read(guide));
  say(
    !never.ok && !always.ok && told && explained,
    `${alert.padEnd(30)} ${String(labels?.severity).padEnd(7)} fires, is quiet, and its test fails when it is spoilt` +
      `${never.ok || always.ok ? ": NOT SO" : ""}${told ? "" : ": no severity, summary or runbook_url"}${explained ? "" : ": not in deploy/README.md"}`,
  );
}

const dashboard = JSON.parse(production.find(({ metadata }) => metadata.name === "thidua-dashboard").data["thidua.json"]);
const panels = dashboard.panels.filter(({ type }) => type !== "row");
const adapter = parseYaml(read(`${monitoring}prometheus-adapter.yaml`)).rules;
const scalers = production.filter(({ kind }) => kind === "HorizontalPodAutoscaler");
const asked = scalers.flatMap(({ spec }) => spec.metrics.map(({ pods }) => pods.metric.name));
const uses = [
  ...alerts.map(({ alert, expr }) => [alert, expr]),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel "${title}"`, expr])),
  ...adapter.map(({ seriesQuery }) => ["prometheus-adapter", seriesQuery]),
  ...asked.map((name) => ["HorizontalPodAutoscaler", name]),
];
const known = metricsTold();
const strange = (list) =>
  list.flatMap(([where, expr]) => {
    const names = metricsIn(expr);
    return names.length
      ? names.filter((name) => !known.has(name)).map((name) => `${where}: ${name}`)
      : [`${where}: names no metric: ${expr}`];
  });
say(
  !strange(uses).length,
  `${uses.length} expressions use only what the services and kube-state-metrics tell${strange(uses)
    .map((text) => `\n    ${text}`)
    .join("")}`,
);
say(
  strange([["renamed", 'rate(thidua_rpc_handled_count{job="a"}[5m])']]).length === 1 &&
    strange([["renamed", "time() - max by (job) (thidua_last_pass)"]]).length === 1,
  "a renamed metric is found",
);
const shown = new Set(
  panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr))).map((name) => name.replace(/_(bucket|sum|count)$/, "")),
);
const hidden = [...read(`${root}common/telemetry/instruments.cc`).matchAll(/"(thidua_\w+)"/g)]
  .map(([, name]) => name)
  .filter((name) => !shown.has(name));
say(
  !hidden.length,
  `the dashboard shows every metric of ours in ${panels.length} panels${hidden.map((name) => `\n    not ${name}`).join("")}`,
);

const syntax = panels.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$job", "thidua-.+")),
);
writeFileSync(
  `${work}/dashboard.rules`,
  JSON.stringify({ groups: [{ name: "dashboard", rules: syntax.map((expr, i) => ({ record: `panel:${i}`, expr })) }] }),
);
const parsed = promtool("check", "rules", "dashboard.rules");
say(parsed.ok, `the dashboard's ${syntax.length} expressions are PromQL${parsed.ok ? "" : `: ${parsed.text}`}`);

say(
  asked.every((name) =>
    adapter.some(
      ({ seriesQuery, name: { matches, as } }) => seriesQuery.startsWith(`${name}{`) && name.replace(new RegExp(matches), as) === name,
    ),
  ),
  "the adapter's rule offers what the autoscalers ask for",
);
const limits = production
  .filter(({ kind }) => kind === "Deployment")
  .map(({ spec }) => /^(\d+)Mi$/.exec(spec.template.spec.containers[0].resources.limits.memory)[1] * 2 ** 20);
say(
  limits.every((limit) => alerts.find(({ alert }) => alert === "ThiduaMemory").expr.endsWith(` * ${limit}`)),
  "the memory alert knows the limit",
);
process.exitCode = bad ? 1 : 0;
