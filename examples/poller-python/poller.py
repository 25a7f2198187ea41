"""Waits for a protected job of AWS Clean Rooms, and reports what it produced."""

import dataclasses
import datetime
import time

from botocore.exceptions import ClientError

UNDERWAY = ("SUBMITTED", "STARTED", "CANCELLING")
THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException")


class JobFailed(Exception):
    """The job ended without a result."""


class UnexpectedResponse(Exception):
    """The service sent something that this program does not know."""


@dataclasses.dataclass
class Report:
    day: datetime.date  # on which the job was created, in UTC
    location: str = ""  # of the results; empty: they went to members
    members: tuple = ()  # the accounts that received them
    milliseconds: int = 0


class Poller:
    def __init__(self, client, polls=60, pause=5):
        self.client, self.polls, self.pause = client, polls, pause

    def wait(self, membership, job):
        for _ in range(self.polls):
            found = self.get(membership, job)
            if found is not None and not self.underway(found["status"]):
                return self.report(found)
            time.sleep(self.pause)
        raise TimeoutError(f"job {job} is still under way")

    def get(self, membership, job):
        """Returns the job, or nothing if the service asks to come back later."""
        try:
            return self.client.get_protected_job(membershipIdentifier=membership, protectedJobIdentifier=job)["protectedJob"]
        except ClientError as e:
            if self.throttled(e):
                return None
            raise

    def throttled(self, e):
        return e.response["Error"]["Code"] in THROTTLED

    def underway(self, status):
        if status in UNDERWAY:
            return True
        if status in ("SUCCESS", "FAILED", "CANCELLED"):
            return False
        raise UnexpectedResponse(f"status {status}")

    def report(self, job):
        if job["status"] != "SUCCESS":
            raise JobFailed(f"{job['status']}: {job.get('error', {}).get('message', 'no reason given')}")
        location, members = self.results(job)
        return Report(self.day(job), location, members, self.milliseconds(job))

    def results(self, job):
        output = self.output(job)
        if "s3" in output:
            return output["s3"]["location"], ()
        if "memberList" in output:
            return "", tuple(member["accountId"] for member in output["memberList"])
        raise UnexpectedResponse("an unknown kind of output")

    def output(self, job):
        if "result" not in job:
            raise UnexpectedResponse("a job with success but without a result")
        return job["result"]["output"]

    def milliseconds(self, job):
        return job.get("statistics", {}).get("totalDurationInMillis", 0)

    def day(self, job):
        return job["createTime"].astimezone(datetime.timezone.utc).date()
