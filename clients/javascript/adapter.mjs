// An adapter that tests the AWS SDK for JavaScript with crcheck's conformance suite. See README.md.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as sdk from "@aws-sdk/client-cleanrooms";
import { StandardRetryStrategy } from "@smithy/core/retry";

const version = createRequire(import.meta.url)("@aws-sdk/client-cleanrooms/package.json").version;

// The SDK decides whether to retry; the adapter only caps the pause, to keep the suite fast.
const backoff = { setDelayBase() {}, computeNextBackoffDelay: () => 20 };

function canonical(value) {
  if (typeof value === "string") return value.toWellFormed(); // UTF-8 cannot encode an unpaired surrogate
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
    // Properties that the SDK adds, and those that identify the error, are not members of it.
    const { name, message: _, Message, code, Code, __type, $fault, $metadata, $response, $retryable, $service, ...fields } = error;
    return { error: { code: name, message, httpStatus: $metadata?.httpStatusCode ?? 0, fields: canonical(fields) } };
  }
  // Node's error for a connection that ended within the body. Its code is the same as for a reset.
  if (message.startsWith("aborted")) return { transport: { kind: "truncated", message } };
  // Checked before the name, because the SDK also names resets TimeoutError.
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
