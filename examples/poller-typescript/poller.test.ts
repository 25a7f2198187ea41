// What the poller does with every response of GetProtectedJob. The snapshot is the table to review.
import { CleanRooms } from "@aws-sdk/client-cleanrooms";
import { eachResponse, outcome } from "crcheck/apptest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pollers } from "./bugs.js";

describe("wait", () => {
  const contract = "cleanrooms.GetProtectedJob";
  eachResponse("GetProtectedJob", { contract, test, beforeAll, afterAll }, async (response) => {
    const poller = new pollers[process.env.POLLER ?? "Poller"](new CleanRooms(), 4, 0);
    const got = await outcome(() => poller.wait("10000000-0000-4000-8000-000000000001", "20000000-0000-4000-8000-000000000002"), response);
    expect(got).toMatchSnapshot();
    if (response.kind === "unknown-value" && response.pointer?.endsWith("/status")) {
      expect(got.raises, "an unknown status must not pass for success").toBeDefined();
    }
  });
});
