// Runs a test once for each response that an operation may give, in Jest, Vitest and runners like them:
//
//     eachResponse("GetProtectedJob", { pin: { status: "SUCCESS" } }, async (response) => {
//       expect(await outcome(() => report(new CleanRooms()), response)).toMatchSnapshot();
//     });
//
// `crcheck mock` lists the responses while the tests are defined, and gives them while they run. Each
// test has a session of it, to which AWS_ENDPOINT_URL leads. The snapshot says what the code under
// test does with each response.
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const http = require("node:http");
const { devNull } = require("node:os");
const program = require("./program.js");

const startTimeout = 60_000; // ms

/** Defines a test for each response of an operation. */
function eachResponse(operation, options, body) {
  const { pin = {}, contract = [], test = globalThis.test, beforeAll = globalThis.beforeAll, afterAll = globalThis.afterAll } = options;
  if (![test, beforeAll, afterAll].every((f) => typeof f === "function")) {
    throw new TypeError("eachResponse needs the functions of the test runner: pass { test, beforeAll, afterAll } of vitest or @jest/globals in its options, or set globals: true in Vitest's configuration");
  }
  const contracts = [].concat(contract).flatMap((c) => ["--contract", c]);
  const listed = list(operation, pin, contracts);
  const mock = new Mock(contracts);
  beforeAll(() => mock.start(), startTimeout);
  afterAll(() => mock.stop());
  for (const fields of listed.responses) {
    // Jest passes a callback to functions with parameters, and Vitest reads their names.
    test(fields.id, async function () {
      const session = await mock.call("POST", "sessions", { operation: listed.operation, response: fields.id, pin });
      const restore = surround(session.endpoint);
      try {
        await body({ ...fields, endpoint: session.endpoint }, ...arguments);
      } finally {
        restore();
      }
      const requests = await mock.call("GET", `requests?session=${session.id}`);
      if (requests.length === 0) {
        throw new Error("the code under test sent no request to response.endpoint; make its client in the test, because a client reads AWS_ENDPOINT_URL only once");
      }
      const refused = requests.find((r) => r.problem);
      if (refused) throw new Error(`${refused.method} ${refused.path}: ${refused.problem}`);
    });
  }
}

/** Calls the code under test, and says what it returns or throws, without what differs between runs. */
async function outcome(call, response) {
  const text = (s) => s.replaceAll(response.endpoint, "<endpoint>").replace(/(http:\/\/)?(127\.0\.0\.1|\[::1\]|localhost):\d+(\/_c\/\w+)?/g, "<endpoint>");
  try {
    return { returns: stable(await call(), text, new Map()) };
  } catch (e) {
    if (!(e instanceof Object) || typeof e.message !== "string") return { raises: typeof e, message: text(String(e)) };
    const raises = e.name && e.name !== "Error" ? e.name : e.constructor.name;
    return e.message ? { raises, message: text(e.message) } : { raises };
  }
}

function list(operation, pin, contracts) {
  const pins = Object.entries(pin).flatMap(([name, value]) => ["--pin", `${name}=${JSON.stringify(value)}`]);
  try {
    const text = execFileSync(program(), ["mock", "--list", "--format", "json", "--operation", operation, ...contracts, ...pins], { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
    return JSON.parse(text);
  } catch (e) {
    throw new Error(`eachResponse: ${String(e.stderr || e.message).trim()}`);
  }
}

/** Sets the environment of an SDK for a test, and returns a function that restores it. */
function surround(endpoint) {
  const before = { ...process.env };
  const isAWS = (name) => name.toUpperCase().startsWith("AWS_");
  const clear = () => Object.keys(process.env).filter(isAWS).forEach((name) => delete process.env[name]);
  clear(); // no profile, credentials or endpoint of the user
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_MAX_ATTEMPTS: before.AWS_MAX_ATTEMPTS ?? "2",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  });
  return () => {
    clear();
    for (const name of Object.keys(before).filter(isAWS)) process.env[name] = before[name];
  };
}

/** Copies arrays and plain objects, replaces text in them, and leaves out what the SDK says about the exchange. */
function stable(value, text, copies) {
  if (typeof value === "string") return text(value);
  const prototype = value instanceof Object || typeof value === "object" && value ? Object.getPrototypeOf(value) : undefined;
  // Plain objects of any realm: Jest's tests run in one of their own.
  const plain = typeof value === "object" && (prototype === null || prototype && Object.getPrototypeOf(prototype) === null);
  if (!plain && !Array.isArray(value)) return value;
  if (copies.has(value)) return copies.get(value);
  const copy = Array.isArray(value) ? [] : Object.create(prototype);
  copies.set(value, copy);
  for (const [name, member] of Object.entries(value)) {
    if (name !== "$metadata") copy[name] = stable(member, text, copies);
  }
  return copy;
}

/** A running `crcheck mock`. */
class Mock {
  constructor(contracts) {
    this.contracts = contracts;
  }

  async start() {
    const child = spawn(program(), ["mock", "--listen", "127.0.0.1:0", ...this.contracts], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    this.exited = new Promise((resolve) => child.once("close", resolve));
    this.endpoint = await new Promise((resolve, reject) => {
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said += text;
        const found = /^listening on (http:\/\/[^\s,]+)/m.exec(said);
        if (!found) return;
        child.stderr.removeAllListeners("data").resume(); // a full pipe would stop the mock
        resolve(found[1]);
      });
      child.once("error", reject);
      this.exited.then(() => reject(new Error(`crcheck mock does not start: ${said.trim()}`)));
    });
  }

  async stop() {
    if (!this.child) return;
    this.child.kill();
    await this.exited;
  }

  /** Sends a request to the mock itself. Not by fetch, which jsdom lacks and tests replace. */
  call(method, path, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(`${this.endpoint}/_crcheck/${path}`, { method, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part)).on("error", reject).on("end", () => {
          const value = JSON.parse(text);
          if (response.statusCode < 300) resolve(value);
          else reject(new Error(`crcheck mock: ${value.message}`));
        });
      });
      request.on("error", reject).end(body && JSON.stringify(body));
    });
  }
}

module.exports = { eachResponse, outcome };
