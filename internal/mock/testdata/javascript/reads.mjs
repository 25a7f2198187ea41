// Calls each operation of a list with the AWS SDK for JavaScript, and writes what it returned: a line
// of JSON for each call. Then it runs each paginator to its end.
import { readFileSync } from 'node:fs';
import * as cleanrooms from '@aws-sdk/client-cleanrooms';
import * as dynamodb from '@aws-sdk/client-dynamodb';

const sdks = { cleanrooms: [cleanrooms, cleanrooms.CleanRoomsClient], dynamodb: [dynamodb, dynamodb.DynamoDBClient] };
const say = (line) => console.log(JSON.stringify(line));

for (const [service, calls] of Object.entries(JSON.parse(readFileSync(process.argv[2])))) {
  const [sdk, Client] = sdks[service];
  const client = new Client({ maxAttempts: 1 });
  for (const { operation, input } of calls) {
    if (!sdk[`${operation}Command`]) {
      say({ service, operation, missing: true });
      continue;
    }
    try {
      const { $metadata, ...output } = await client.send(new sdk[`${operation}Command`](input));
      say({ service, operation, output });
      const paginate = sdk[`paginate${operation}`];
      if (paginate) {
        let pages = 0;
        for await (const page of paginate({ client }, input)) {
          if (++pages > 5) throw new Error('the list does not end');
        }
        say({ service, operation, pages });
      }
    } catch (error) {
      say({ service, operation, error: String(error) });
    }
  }
}
