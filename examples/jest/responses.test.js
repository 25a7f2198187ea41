const { CleanRooms } = require("@aws-sdk/client-cleanrooms");
const { eachResponse, outcome } = require("crcheck/apptest");

// The code under test: says how much was billed for a job.
async function billed(client, membershipIdentifier, protectedJobIdentifier) {
  const { protectedJob } = await client.getProtectedJob({ membershipIdentifier, protectedJobIdentifier });
  return protectedJob.statistics?.billedResourceUtilization?.units ?? 0;
}

describe("billed", () => {
  eachResponse("GetProtectedJob", { contract: "cleanrooms.GetProtectedJob", pin: { status: "SUCCESS" } }, async (response) => {
    const client = new CleanRooms(); // finds the mock in AWS_ENDPOINT_URL
    const got = await outcome(() => billed(client, "10000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000504"), response);
    expect(got).toMatchSnapshot();
  });
});
