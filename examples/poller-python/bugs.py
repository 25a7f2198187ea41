"""Eight bugs that programs of this kind have, each as the poller with one method written wrong."""

import struct

from poller import UNDERWAY, JobFailed, Poller


class UnknownStatusIsSuccess(Poller):
    def underway(self, status):
        return status in UNDERWAY

    def report(self, job):
        if job["status"] in ("FAILED", "CANCELLED"):
            return super().report(job)
        return super().report({**job, "status": "SUCCESS"})


class UnknownOutputIsSuccess(Poller):
    def results(self, job):
        output = self.output(job)
        return output.get("s3", {}).get("location", ""), tuple(member["accountId"] for member in output.get("memberList", []))


class StatisticsAreAlwaysThere(Poller):
    def milliseconds(self, job):
        return job["statistics"]["totalDurationInMillis"]


class ResultIsNeverNull(Poller):
    def output(self, job):
        return job["result"]["output"]


class ErrorsHaveMessages(Poller):
    def throttled(self, e):
        return "rate exceeded" in e.response["Error"]["Message"].lower()


class ThrottlingIsFailure(Poller):
    def throttled(self, e):
        if super().throttled(e):
            raise JobFailed("the service refused the request") from e
        return False


class MillisecondsFit32Bits(Poller):
    def milliseconds(self, job):
        row = struct.pack(">i", super().milliseconds(job))  # as the column of a warehouse
        return struct.unpack(">i", row)[0]


class DaysAreLocal(Poller):
    def day(self, job):
        return job["createTime"].astimezone().date()


POLLERS = {bug.__name__: bug for bug in (Poller, UnknownStatusIsSuccess, UnknownOutputIsSuccess, StatisticsAreAlwaysThere, ResultIsNeverNull,
                                         ErrorsHaveMessages, ThrottlingIsFailure, MillisecondsFit32Bits, DaysAreLocal)}
