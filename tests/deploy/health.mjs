// Asks for health in plaintext as the kubelet does: health.mjs ADDRESS [SERVICE]; exit 0 when SERVING, 1 when not, 2 when nobody answers.
import { createRequire } from "node:module";

const grpc = createRequire(new URL("../../proto/package.json", import.meta.url))("@grpc/grpc-js");
const [address, service = ""] = process.argv.slice(2);
const name = Buffer.from(service);
const client = new grpc.Client(address, grpc.credentials.createInsecure());
client.makeUnaryRequest(
  "/grpc.health.v1.Health/Check",
  () => Buffer.concat([Buffer.from(name.length ? [0x0a, name.length] : []), name]),
  (answer) => answer,
  null,
  { deadline: Date.now() + 2000 },
  (error, answer) => {
    // HealthCheckResponse with status SERVING.
    process.exit(error ? 2 : Buffer.from([0x08, 0x01]).equals(answer) ? 0 : 1);
  },
);
