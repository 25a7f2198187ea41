// An adapter that tests the AWS SDK for JavaScript with crcheck's conformance suite. See README.md.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { StandardRetryStrategy } from "@smithy/core/retry";
import { NormalizedSchema } from "@smithy/core/schema";

const version = createRequire(import.meta.url)("@aws-sdk/client-cleanrooms/package.json").version;
const packages = readdirSync(new URL("node_modules/@aws-sdk", import.meta.url)).filter((name) => name.startsWith("client-"));

// The SDK decides whether to retry; the adapter only caps the pause, to keep the suite fast.
const backoff = { setDelayBase() {}, computeNextBackoffDelay: () => 20 };

/** Finds the installed package of a service of boto3, by its name or by what it signs requests for. */
async function find(service) {
  const named = packages.filter((name) => name === `client-${service}`);
  for (const name of named.length > 0 ? named : packages) {
    const sdk = await import(`@aws-sdk/${name}`);
    const [, Client] = Object.entries(sdk).find(([name]) => name.endsWith("Client") && name !== "__Client");
    if (named.length > 0 || new Client({ region: "us-east-1" }).config.defaultSigningName === service) return { sdk, Client };
  }
}

/** Converts what the SDK returns for a schema. Without a schema, such as in a document, names are data. */
function canonical(value, schema) {
  if (typeof value === "string" || value instanceof String) return String(value).toWellFormed(); // UTF-8 cannot encode an unpaired surrogate
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString(); // UTC, with milliseconds
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map((v) => canonical(v, schema?.isListSchema() && schema.getValueSchema()));
  if (value === null || typeof value !== "object") return value;
  if (schema?.isUnionSchema() && Array.isArray(value.$unknown)) return { $unknown: value.$unknown[0] };
  const members = schema?.isStructSchema() ? schema.getMemberSchemas() : {};
  const below = (name) => (schema?.isMapSchema() ? schema.getValueSchema() : Object.hasOwn(members, name) ? members[name] : undefined);
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, canonical(v, below(name))]));
}

/** Converts a canonical input to what the SDK accepts. Values of a wrong type stay as they are, for the SDK to refuse. */
function native(value, schema) {
  if (Array.isArray(value) && schema.isListSchema()) return value.map((v) => native(v, schema.getValueSchema()));
  if (value !== null && typeof value === "object") {
    const members = schema.isStructSchema() ? schema.getMemberSchemas() : {};
    const below = (name, v) => (schema.isMapSchema() ? native(v, schema.getValueSchema()) : Object.hasOwn(members, name) ? native(v, members[name]) : v);
    return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, below(name, v)]));
  }
  if (typeof value !== "string") return value;
  if (schema.isTimestampSchema()) return new Date(value);
  if (schema.isBlobSchema()) return Buffer.from(value, "base64");
  return schema.isNumericSchema() ? Number(value) : value;
}

function failure(error, sent, signal, sdk) {
  const message = String(error?.message ?? error);
  if (signal.aborted) return { transport: { kind: "timeout", message } };
  if (error?.$fault && error.$metadata?.httpStatusCode) {
    // Properties that the SDK adds, and those that identify the error, are not members of it.
    const { name, message: _, Message, code, Code, __type, $fault, $metadata, $response, $retryable, $service, ...fields } = error;
    const shape = sdk[`${error.constructor.name}$`];
    const schema = shape && NormalizedSchema.of(shape);
    const members = schema?.getMemberSchemas() ?? {};
    if ("code" in members && code !== undefined) fields.code = code;
    return { error: { code: name, message, httpStatus: $metadata.httpStatusCode, fields: canonical(fields, schema) } };
  }
  if (!sent) return { rejected: { message, member: /label: (\w+)/.exec(message)?.[1] ?? "" } };
  // Node's error for a connection that ended within the body. Its code is the same as for a reset.
  if (message.startsWith("aborted")) return { transport: { kind: "truncated", message } };
  // Checked before the name, because the SDK also names resets TimeoutError.
  if (/^(ECONN|EPIPE|HPE_)/.test(error.code)) return { transport: { kind: "connection", message } };
  if (error.name === "TimeoutError") return { transport: { kind: "timeout", message } };
  return broken(error);
}

const broken = (error) => ({ broken: { message: `${error?.name}: ${error?.message ?? error}` } });

async function perform(call) {
  const [service, operation] = (call.operation ?? hello.operation).split("@")[0].split(".");
  const found = await find(service);
  if (!found) return { skipped: { reason: `no installed package of the SDK is of ${service}` } };
  const { sdk, Client } = found;
  const Command = sdk[`${operation}Command`];
  if (!Command) return { skipped: { reason: `this version of the SDK has no ${operation}` } };
  const [input, output] = new Command({}).schema.slice(4).map((s) => NormalizedSchema.of(s));
  if (output.isStructSchema() && output.getEventStreamMember()) return { skipped: { reason: `the output of ${operation} is an event stream` } };
  const command = new Command(native(call.input, input));
  let sent = false;
  const client = new Client({
    endpoint: call.endpoint,
    region: call.region,
    credentials: call.credentials,
    disableHostPrefix: true, // the prefixed host does not exist on loopback
    retryStrategy: new StandardRetryStrategy({ maxAttempts: call.maxAttempts, backoff }),
  });
  client.middlewareStack.add((next) => (args) => ((sent = true), next(args)), { step: "finalizeRequest" });
  const abortSignal = AbortSignal.timeout(call.timeoutMs);
  let received;
  try {
    received = await client.send(command, { abortSignal });
    for (const [name, value] of Object.entries(received)) {
      if (typeof value?.transformToByteArray === "function") received[name] = await value.transformToByteArray(); // a stream
    }
  } catch (error) {
    return failure(error, sent, abortSignal, sdk);
  } finally {
    client.destroy();
  }
  const { $metadata, ...members } = received;
  return { output: canonical(members, output) };
}

const write = (message) => process.stdout.write(JSON.stringify(message) + "\n");
let hello;
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "hello") {
    hello = message;
    const client = { name: "aws-sdk-js-v3", version, language: "JavaScript" };
    write({ type: "hello", protocol: 1, client, reports: "output", concurrency: 8, operations: "any" });
  } else {
    const report = (result) => write({ type: "result", seq: message.seq, ...result });
    // Without a result, the runner would wait for the adapter.
    perform(message).then(report).catch((error) => report(broken(error)));
  }
}
