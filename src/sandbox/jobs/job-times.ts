/** Of the virtual clock, in milliseconds. AWS documents none but the days. */

/** What a job spends in each status in which nothing else keeps it. */
export const stageMs = 1000;

/** AWS takes minutes to hours to list the objects. */
export const preparationMs = 5000;

/** How often a job that runs, or waits for others, is looked at. */
export const turnMs = 1000;

export const tasksInTurn = 10;

/** `DescribeJob` may not know a job right after it was created (S3 User Guide, troubleshooting-batch-operations). */
export const registrationMs = 500;

const dayMs = 24 * 3_600_000;

/** Then a job that nobody confirmed fails (S3 User Guide, batch-ops-create-job). */
export const confirmationMs = 30 * dayMs;

/** Then a job that is over is deleted (S3 User Guide, troubleshooting-batch-operations; a field text of ListJobs says 30 days). */
export const keptMs = 90 * dayMs;
