// Waits for a protected job of AWS Clean Rooms, and reports what it produced.
import { setTimeout as sleep } from "node:timers/promises";
import { type CleanRooms, CleanRoomsServiceException, type ProtectedJob, type ProtectedJobOutput } from "@aws-sdk/client-cleanrooms";

/** The job ended without a result. */
export class JobFailed extends Error {}

/** The service sent something that this program does not know. */
export class UnexpectedResponse extends Error {}

export interface Report {
  day: string; // on which the job was created, in UTC
  location?: string; // of the results, unless they went to members
  members?: string[]; // the accounts that received them
  milliseconds: number;
}

export class Poller {
  constructor(
    private readonly client: CleanRooms,
    private readonly polls = 60,
    private readonly pause = 5000, // ms
  ) {}

  async wait(membershipIdentifier: string, protectedJobIdentifier: string): Promise<Report> {
    for (let poll = 0; poll < this.polls; poll++) {
      const job = await this.get(membershipIdentifier, protectedJobIdentifier);
      if (job && !this.underway(job.status)) return this.report(job);
      await sleep(this.pause);
    }
    throw new Error(`job ${protectedJobIdentifier} is still under way`);
  }

  /** Returns the job, or nothing if the service asks to come back later. */
  protected async get(membershipIdentifier: string, protectedJobIdentifier: string): Promise<ProtectedJob | undefined> {
    try {
      const { protectedJob } = await this.client.getProtectedJob({ membershipIdentifier, protectedJobIdentifier });
      return protectedJob;
    } catch (e) {
      if (e instanceof CleanRoomsServiceException && this.throttled(e)) return undefined;
      throw e;
    }
  }

  protected throttled(e: CleanRoomsServiceException): boolean {
    return e.name === "ThrottlingException";
  }

  protected underway(status: string | undefined): boolean {
    switch (status) {
      case "SUBMITTED":
      case "STARTED":
      case "CANCELLING":
        return true;
      case "SUCCESS":
      case "FAILED":
      case "CANCELLED":
        return false;
      default:
        throw new UnexpectedResponse(`status ${status}`);
    }
  }

  protected report(job: ProtectedJob): Report {
    if (job.status !== "SUCCESS") {
      throw new JobFailed(`${job.status}: ${job.error?.message ?? "no reason given"}`);
    }
    return { day: this.day(job), ...this.results(this.output(job)), milliseconds: this.milliseconds(job) };
  }

  protected results(output: ProtectedJobOutput): Pick<Report, "location" | "members"> {
    if (output.s3) return { location: output.s3.location };
    if (output.memberList) return { members: output.memberList.map((member) => member.accountId!) };
    throw new UnexpectedResponse(`output ${output.$unknown?.[0]}`);
  }

  protected output(job: ProtectedJob): ProtectedJobOutput {
    if (!job.result?.output) throw new UnexpectedResponse("a job with success but without a result");
    return job.result.output;
  }

  protected milliseconds(job: ProtectedJob): number {
    return job.statistics?.totalDurationInMillis ?? 0;
  }

  protected day(job: ProtectedJob): string {
    return job.createTime!.toISOString().slice(0, "2024-12-31".length);
  }
}
