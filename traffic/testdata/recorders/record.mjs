// Records with Polly.JS: node record.mjs PORT, where @pollyjs/* are installed.
import http from "node:http";
import fs from "node:fs";
import { Polly } from "@pollyjs/core";
import NodeHTTPAdapter from "@pollyjs/adapter-node-http";
import FSPersister from "@pollyjs/persister-fs";

Polly.register(NodeHTTPAdapter);
Polly.register(FSPersister);
for (const encoding of ["identity", "gzip"]) {
  const polly = new Polly(`dynamodb ${encoding}`, {
    adapters: ["node-http"], persister: "fs", persisterOptions: { fs: { recordingsDir: "polly" } }, mode: "record",
  });
  await new Promise((done) => {
    const request = http.request({ port: process.argv[2], host: "127.0.0.1", method: "POST", path: "/", headers: {
      "X-Amz-Target": "DynamoDB_20120810.DescribeTable", "Content-Type": "application/x-amz-json-1.0", "Accept-Encoding": encoding } },
    (response) => response.resume().on("end", done));
    request.end('{"TableName":"Movies"}');
  });
  await polly.stop();
}
for (const folder of fs.readdirSync("polly")) {
  const kind = folder.includes("gzip") ? "-gzip" : "";
  fs.renameSync(`polly/${folder}/recording.har`, `polly${process.argv[3]}${kind}.har`);
}
fs.rmSync("polly", { recursive: true });
