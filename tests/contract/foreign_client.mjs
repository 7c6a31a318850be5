// A client that shares no code with the services: Node.js, @grpc/grpc-js, and the .proto files alone. It prints what it saw as one JSON
// object; tests/contract/foreign_client_test.cc judges it.
//   node foreign_client.mjs PROTO_DIRECTORY IDENTITIES IDENTITY REGISTRY_ADDRESS REGISTRY_ADMIN_ADDRESS
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [protoDirectory, identities, identity, address, adminAddress] = process.argv.slice(2);
const require = createRequire(join(protoDirectory, 'package.json'));
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const includeDirs = [protoDirectory, join(protoDirectory, 'node_modules/google-proto-files')];
const stem = join(identities, identity.replaceAll('/', '-'));
const credentials = grpc.credentials.createSsl(
  readFileSync(join(identities, 'ca.crt')), readFileSync(`${stem}.key`), readFileSync(`${stem}.crt`));
const deadline = () => ({ deadline: Date.now() + 10_000 });

const contracts = grpc.loadPackageDefinition(
  loader.loadSync('thidua/registry/v1/cluster_service.proto', { includeDirs, longs: String, enums: String, defaults: true }));
const clusters = new contracts.thidua.registry.v1.ClusterService(address, credentials);

const snapshotOf = (name) => new Promise((resolve) => {
  clusters.getClusterSnapshot({ name, as_of: { year: 2024, month: 6, day: 25 } }, new grpc.Metadata(), deadline(),
    (error, answer) => resolve({ error, answer }));
});

// google.rpc.Status travels in the trailer; its details are messages of google/rpc/error_details.proto.
const root = new protobuf.Root();
root.resolvePath = (origin, target) => {
  for (const directory of includeDirs) {
    try {
      readFileSync(join(directory, target));
      return join(directory, target);
    } catch { /* in the next one */ }
  }
  return protobuf.util.path.resolve(origin, target);
};
root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);

const detailsOf = (error) => {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (bytes === undefined) return [];
  return root.lookupType('google.rpc.Status').decode(bytes).details.map((any) => {
    const type = root.lookupType(any.type_url.slice(any.type_url.lastIndexOf('/') + 1));
    return { type: type.name, ...type.toObject(type.decode(any.value)) };
  });
};
const refusalOf = ({ error }) => ({ code: error.code, message: error.details, details: detailsOf(error) });

// Reflection as grpcurl asks for it.
const reflection = protobuf.parse(`
  syntax = "proto3"; package grpc.reflection.v1alpha;
  message ServerReflectionRequest { string host = 1; string list_services = 7; }
  message ServiceResponse { string name = 1; }
  message ListServiceResponse { repeated ServiceResponse service = 1; }
  message ServerReflectionResponse { ListServiceResponse list_services_response = 6; }`, { keepCase: true }).root;
const listServices = (at) => new Promise((resolve) => {
  const type = (name) => reflection.lookupType(`grpc.reflection.v1alpha.${name}`);
  const client = new grpc.Client(at, credentials);
  const call = client.makeBidiStreamRequest('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
    (message) => Buffer.from(type('ServerReflectionRequest').encode(message).finish()),
    (bytes) => type('ServerReflectionResponse').decode(bytes), new grpc.Metadata(), deadline());
  const names = [];
  call.on('data', (answer) => {
    names.push(...answer.list_services_response.service.map((service) => service.name));
    call.end();
  });
  call.on('error', (error) => resolve({ code: error.code, names }));
  call.on('end', () => resolve({ code: 0, names }));
  call.write({ list_services: '*' });
});

const snapshot = await snapshotOf('clusters/mnbg');
console.log(JSON.stringify({
  snapshot: snapshot.answer,
  failure: snapshot.error?.message,
  missing: refusalOf(await snapshotOf('clusters/khong-co')),
  invalid: refusalOf(await snapshotOf('schools/dien-bien')),
  admin: await listServices(adminAddress),
  main: await listServices(address),
}, null, 1));
process.exit(0);
