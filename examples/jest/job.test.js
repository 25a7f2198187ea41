const { CleanRooms } = require("@aws-sdk/client-cleanrooms");

// The code under test: waits for a job and says where its results are.
async function resultsOf(client, membershipIdentifier, protectedJobIdentifier, pause = 5000) {
  for (;;) {
    const { protectedJob } = await client.getProtectedJob({ membershipIdentifier, protectedJobIdentifier });
    if (!["SUBMITTED", "STARTED"].includes(protectedJob.status)) return protectedJob.result.output.s3.location;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

test("waits for the results", async () => {
  const job = "00000000-0000-4000-8000-000000000504";
  const client = new CleanRooms(); // crcheck replay says where the service is
  const where = await resultsOf(client, "10000000-0000-4000-8000-000000000001", job, 0);
  expect(where).toBe(`s3://example-results/jobs/${job}/`);
});
