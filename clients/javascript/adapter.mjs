// The AWS SDK for JavaScript as a client of crcheck's conformance suite: see README.md.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as sdk from "@aws-sdk/client-cleanrooms";
import { StandardRetryStrategy } from "@smithy/core/retry";

const version = createRequire(import.meta.url)("@aws-sdk/client-cleanrooms/package.json").version;

// The SDK decides whether to try again; only the pause is capped, so that a suite is fast.
const backoff = { setDelayBase() {}, computeNextBackoffDelay: () => 20 };

function canonical(value) {
  if (typeof value === "string") return value.toWellFormed(); // an unpaired surrogate is not valid text
  if (value instanceof Date) return value.toISOString(); // UTC, with milliseconds
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value.$unknown)) return { $unknown: value.$unknown[0] };
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, canonical(v)]));
}

function failure(error, sent, signal) {
  const message = String(error?.message ?? error);
  if (signal.aborted) return { transport: { kind: "timeout", message } };
  if (!sent) return { rejected: { message, member: /label: (\w+)/.exec(message)?.[1] ?? "" } };
  if (error instanceof sdk.CleanRoomsServiceException) {
    // What the SDK says of an error, and what identified it, are no members of it.
    const { name, message: _, Message, code, Code, __type, $fault, $metadata, $response, $retryable, $service, ...fields } = error;
    return { error: { code: name, message, httpStatus: $metadata?.httpStatusCode ?? 0, fields: canonical(fields) } };
  }
  // Node's error for a body whose connection ended too early; its code is that of a reset.
  if (message.startsWith("aborted")) return { transport: { kind: "truncated", message } };
  // Before the name: the SDK calls resets TimeoutError too.
  if (/^(ECONN|EPIPE|HPE_)/.test(error.code)) return { transport: { kind: "connection", message } };
  if (error.name === "TimeoutError") return { transport: { kind: "timeout", message } };
  return { broken: { message: `${error.name}: ${message}` } };
}

async function perform(operation, call) {
  let sent = false;
  const client = new sdk.CleanRoomsClient({
    endpoint: call.endpoint,
    region: call.region,
    credentials: call.credentials,
    retryStrategy: new StandardRetryStrategy({ maxAttempts: call.maxAttempts, backoff }),
  });
  client.middlewareStack.add((next) => (args) => ((sent = true), next(args)), { step: "finalizeRequest" });
  const abortSignal = AbortSignal.timeout(call.timeoutMs);
  try {
    const { $metadata, ...output } = await client.send(new sdk[`${operation}Command`](call.input), { abortSignal });
    return { output: canonical(output) };
  } catch (error) {
    return failure(error, sent, abortSignal);
  } finally {
    client.destroy();
  }
}

const write = (message) => process.stdout.write(JSON.stringify(message) + "\n");
let operation;
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "hello") {
    operation = message.operation.split("@")[0].split(".")[1];
    const client = { name: "aws-sdk-js-v3", version, language: "JavaScript" };
    write({ type: "hello", protocol: 1, client, reports: "output", concurrency: 8 });
  } else {
    perform(operation, message).then((result) => write({ type: "result", seq: message.seq, ...result }));
  }
}
