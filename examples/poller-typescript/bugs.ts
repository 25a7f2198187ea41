// Eight bugs that programs of this kind have, each as the poller with one method written wrong.
import type { CleanRoomsServiceException, ProtectedJob, ProtectedJobOutput } from "@aws-sdk/client-cleanrooms";
import { JobFailed, Poller } from "./poller.js";

class UnknownStatusIsSuccess extends Poller {
  protected override underway(status: string | undefined) {
    return ["SUBMITTED", "STARTED", "CANCELLING"].includes(status!);
  }

  protected override report(job: ProtectedJob) {
    if (job.status === "FAILED" || job.status === "CANCELLED") return super.report(job);
    return super.report({ ...job, status: "SUCCESS" });
  }
}

class UnknownOutputIsSuccess extends Poller {
  protected override results(output: ProtectedJobOutput) {
    return output.memberList ? super.results(output) : { location: output.s3?.location };
  }
}

class StatisticsAreAlwaysThere extends Poller {
  protected override milliseconds(job: ProtectedJob) {
    return job.statistics!.totalDurationInMillis!;
  }
}

class ResultIsNeverNull extends Poller {
  protected override output(job: ProtectedJob) {
    return job.result!.output!;
  }
}

class ErrorsHaveMessages extends Poller {
  protected override throttled(e: CleanRoomsServiceException) {
    return e.message.toLowerCase().includes("rate exceeded");
  }
}

class ThrottlingIsFailure extends Poller {
  protected override throttled(e: CleanRoomsServiceException): boolean {
    if (super.throttled(e)) throw new JobFailed("the service refused the request", { cause: e });
    return false;
  }
}

class MillisecondsFit32Bits extends Poller {
  protected override milliseconds(job: ProtectedJob) {
    return super.milliseconds(job) | 0; // a whole number
  }
}

class DaysAreLocal extends Poller {
  protected override day(job: ProtectedJob) {
    const two = (n: number) => String(n).padStart(2, "0");
    const time = job.createTime!;
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  }
}

export const pollers: Record<string, typeof Poller> = {
  Poller,
  UnknownStatusIsSuccess,
  UnknownOutputIsSuccess,
  StatisticsAreAlwaysThere,
  ResultIsNeverNull,
  ErrorsHaveMessages,
  ThrottlingIsFailure,
  MillisecondsFit32Bits,
  DaysAreLocal,
};
