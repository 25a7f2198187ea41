// Asks for jobs with the AWS SDK for JavaScript, and prints their statuses: javascript_get.cjs MEMBERSHIP JOB…
const { CleanRoomsClient, GetProtectedJobCommand } = require("@aws-sdk/client-cleanrooms");

(async () => {
  const client = new CleanRoomsClient({});
  const [membershipIdentifier, ...jobs] = process.argv.slice(2);
  for (const protectedJobIdentifier of jobs) {
    const answer = await client.send(new GetProtectedJobCommand({ membershipIdentifier, protectedJobIdentifier }));
    console.log(answer.protectedJob.status);
  }
})();
