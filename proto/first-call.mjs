// A first call: who belonged to a cluster on a day. node proto/first-call.mjs [IDENTITIES [ADDRESS]]
import { readFileSync } from "node:fs";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [identities = "var/identities", address = "localhost:7100"] = process.argv.slice(2);
const here = new URL(".", import.meta.url).pathname;
const contract = grpc.loadPackageDefinition(
  loader.loadSync("thidua/registry/v1/cluster_service.proto", {
    includeDirs: [here, `${here}node_modules/google-proto-files`],
    enums: String,
  }),
);
const pem = (name) => readFileSync(`${identities}/${name}`);
const clusters = new contract.thidua.registry.v1.ClusterService(
  address,
  grpc.credentials.createSsl(pem("ca.crt"), pem("school-dien-bien.key"), pem("school-dien-bien.crt")),
);
clusters.GetClusterSnapshot(
  { name: "clusters/mnbg", asOf: { year: 2024, month: 6, day: 25 } },
  { deadline: Date.now() + 5000 },
  (error, snapshot) => {
    if (error) throw error;
    for (const member of snapshot.members) console.log(member.school, member.displayName);
    clusters.close();
  },
);
