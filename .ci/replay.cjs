// Calls one service with the SDK for JavaScript and prints, for each call, its outcome and which of
// the program's own names the response has. .ci/replay.py records and replays it. NODE_PATH has the
// clients.
const calls = {
  dynamodb: ["DynamoDB", [
    ["createTable", { TableName: "suite-table", KeySchema: [{ AttributeName: "k", KeyType: "HASH" }], AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }], BillingMode: "PAY_PER_REQUEST" }],
    ["putItem", { TableName: "suite-table", Item: { k: { S: "one" }, n: { N: "1200.50" } } }],
    ["transactWriteItems", { TransactItems: [{ Put: { TableName: "suite-table", Item: { k: { S: "two" } } } }] }],
    ["describeTable", { TableName: "suite-table" }],
    ["describeTable", { TableName: "none" }],
    ["listTables", {}]]],
  "secrets-manager": ["SecretsManager", [
    ["createSecret", { Name: "suite-secret", SecretString: "not-a-secret" }],
    ["putSecretValue", { SecretId: "suite-secret", SecretString: "another" }],
    ["describeSecret", { SecretId: "suite-secret" }],
    ["getSecretValue", { SecretId: "none" }]]],
  sqs: ["SQS", [
    ["createQueue", { QueueName: "suite-queue" }],
    ["sendMessage", (r) => ({ QueueUrl: r[0].QueueUrl, MessageBody: "body" })],
    ["receiveMessage", (r) => ({ QueueUrl: r[0].QueueUrl })],
    ["getQueueUrl", { QueueName: "none" }]]],
};

async function main(service) {
  const [name, operations] = calls[service];
  const sdk = new (require("@aws-sdk/client-" + service)[name])({ maxAttempts: 1, useQueueUrlAsEndpoint: false });
  const used = new Set(), responses = [];
  for (const [operation, given] of operations) {
    const input = typeof given === "function" ? given(responses) : given;
    for (const own of JSON.stringify(input).match(/"suite-[a-z]+"/g) ?? []) used.add(own.slice(1, -1));
    let response = {}, code = "ok";
    try {
      response = await sdk[operation](input);
    } catch (e) {
      code = e.name;
    }
    delete response.$metadata;
    responses.push(response);
    const text = JSON.stringify(response);
    console.log(operation, code, [...used].filter((own) => text.includes(own)).sort().join(" "));
  }
}

main(process.argv[2]);
