import { expect } from "chai";
import {
    description,
    foundNothing,
    hasEnded,
    isBeingPrepared,
    isUnconfirmed,
    type Job,
} from "../../../commands/encrypt-existing/jobs";

const job = (status: Job["status"], others: Partial<Job> = {}): Job => ({
    id: "job-1",
    status,
    tasks: 3,
    succeeded: 0,
    failed: 0,
    reason: "",
    ...others,
});
const ALL = [
    "New",
    "Preparing",
    "Suspended",
    "Ready",
    "Active",
    "Pausing",
    "Paused",
    "Completing",
    "Failing",
    "Cancelling",
    "Complete",
    "Failed",
    "Cancelled",
] as const;

describe("a job of S3 Batch Operations", () => {
    const those = (is: (one: Job) => boolean) => ALL.filter((status) => is(job(status)));

    it("is preparing, waiting for confirmation, or ended", () => {
        expect(those(isBeingPrepared)).to.deep.equal(["New", "Preparing"]);
        expect(those(isUnconfirmed)).to.deep.equal(["Suspended"]);
        expect(those(hasEnded)).to.deep.equal(["Complete", "Failed", "Cancelled"]);
    });

    it("has found no objects if S3 reports that, or if it had no task", () => {
        const noKeys = "Manifest generation found no keys matching the filter criteria.";
        expect(foundNothing(job("Failed", { tasks: 0, reason: noKeys }))).to.equal(true);
        expect(foundNothing(job("Failed", { reason: "There are no objects to list" }))).to.equal(true);
        expect(foundNothing(job("Complete", { tasks: 0 }))).to.equal(true);
        expect(foundNothing(job("Complete"))).to.equal(false);
        expect(foundNothing(job("Failed", { tasks: 0, reason: "AccessDenied" }))).to.equal(false);
        expect(foundNothing(job("Suspended", { tasks: 0, reason: noKeys }))).to.equal(false);
    });

    it("is recognised by its description, in characters that S3 accepts", () => {
        const place = { bucket: "acme", prefix: "raw/" };
        const one = description({ stack: "dev", place, storageClass: "STANDARD" });
        expect(one).to.match(/^encrypt-existing acme STANDARD [0-9a-f]{8} dev$/);
        const others = [
            description({ stack: "prod", place, storageClass: "STANDARD" }),
            description({ stack: "dev", place: { ...place, bucket: "acme-2" }, storageClass: "STANDARD" }),
            description({ stack: "dev", place: { ...place, prefix: "enriched/" }, storageClass: "STANDARD" }),
            description({ stack: "dev", place, storageClass: "STANDARD_IA" }),
        ];
        expect(new Set([one, ...others]).size).to.equal(5);
        expect(description({ stack: "x".repeat(300), place, storageClass: "STANDARD" })).to.have.length(256);
    });
});
