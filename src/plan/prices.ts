/** What AWS publishes of the prices of S3 Batch Replication. */
import { countText } from '../text/count-text.ts';

/** Of aws.amazon.com/s3/pricing, as of December 2025, for us-east-1 (facts/quotas.md 5). Whole billionths of a US dollar, so that sums are exact. */
export const prices = {
  currency: 'USD',
  region: 'us-east-1',
  asOf: '2025-12',
  /** The same, for people. */
  month: 'December 2025',
  source: 'aws.amazon.com/s3/pricing',
  /** $0.25, also for a job that is cancelled (S3 User Guide, batch-ops). */
  job: 250_000_000,
  /** $1.00 per million objects that the job processes. */
  task: 1_000,
  /** $0.015 per million objects in the bucket, whichever of them are selected. */
  listed: 15,
} as const;

const notIncluded = ['KMS requests', 'PUT requests', 'transfer between Regions', 'storage of the replicas'] as const;

export interface BackfillSize {
  /** Each makes a list of objects of its own. */
  readonly jobs: number;
  /** Versions that all jobs process; absent: not counted yet. */
  readonly tasks?: number | undefined;
  /** Absent: not known. */
  readonly objectsInBucket?: number | undefined;
  /** Whether S3 makes the list of objects; absent: it does. */
  readonly isListed?: boolean;
}

/** In US dollars, rounded to a hundredth of a cent; an amount is absent where it depends on what is not known. */
export interface BackfillPrice {
  readonly currency: string;
  readonly region: string;
  readonly asOf: string;
  readonly source: string;
  readonly jobs: number;
  readonly tasks?: number;
  readonly manifest?: number;
  readonly total?: number;
  readonly notIncluded: readonly string[];
}

export interface BackfillCost {
  /** For people. */
  readonly lines: readonly string[];
  /** For programs. */
  readonly members: BackfillPrice;
}

/** What AWS charges for jobs of S3 Batch Replication, by the prices above; what depends on the objects themselves is named, not added. */
export function backfillCost({ jobs, tasks, objectsInBucket, isListed = true }: BackfillSize): BackfillCost {
  const forJobs = jobs * prices.job;
  const forTasks = tasks === undefined ? undefined : tasks * prices.task;
  const forList = !isListed ? 0 : objectsInBucket === undefined ? undefined : jobs * objectsInBucket * prices.listed;
  const total = forTasks === undefined || forList === undefined ? undefined : forJobs + forTasks + forList;
  const { currency, region, asOf, month, source } = prices;
  return {
    lines: [
      `${jobs === 1 ? '1 job' : `${countText(jobs)} jobs`}: ${moneyText(forJobs)}`,
      taskLine(tasks, objectsInBucket),
      ...(isListed ? [listLine(objectsInBucket, forList)] : []),
      ...(total === undefined ? [] : [`in all: ${moneyText(total)}`]),
      `These are the prices that AWS published for ${region} in ${month}; other Regions may differ.`,
      `Not included: ${notIncluded.join(', ')}.`,
    ],
    members: {
      ...{ currency, region, asOf, source },
      jobs: dollars(forJobs),
      ...(forTasks === undefined ? {} : { tasks: dollars(forTasks) }),
      ...(forList === undefined ? {} : { manifest: dollars(forList) }),
      ...(total === undefined ? {} : { total: dollars(total) }),
      notIncluded,
    },
  };
}

/** A job has no more tasks than the bucket has versions and delete markers. */
function taskLine(tasks: number | undefined, objectsInBucket: number | undefined): string {
  const rate = `${moneyText(1e6 * prices.task)} per million`;
  if (tasks !== undefined)
    return `${countText(tasks)} object versions to replicate: ${moneyText(tasks * prices.task)} (${rate})`;
  const most =
    objectsInBucket === undefined ? '' : `, at most about ${moneyText(objectsInBucket * prices.task)} for all of them`;
  return `object versions to replicate, not counted yet: ${rate}${most}`;
}

function listLine(objectsInBucket: number | undefined, forList: number | undefined): string {
  const rate = `${moneyText(1e6 * prices.listed)} per million objects in the bucket`;
  if (objectsInBucket === undefined || forList === undefined)
    return `the list of objects: ${rate}, including those that are not selected; their number is not known`;
  return `the list of objects: about ${moneyText(forList)} (${rate}, including those that are not selected: ${countText(objectsInBucket)})`;
}

/** A hundredth of a cent, in billionths of a dollar. */
const unit = 100_000;

function dollars(billionths: number): number {
  return Math.round(billionths / unit) / 10_000;
}

/** With cents; below a dollar with up to four digits. */
export function moneyText(billionths: number): string {
  if (billionths > 0 && billionths < unit) return 'less than $0.0001';
  const digits = billionths < 1e9 ? 4 : 2;
  const [whole = '', part = ''] = (Math.round(billionths / 10 ** (9 - digits)) / 10 ** digits)
    .toFixed(digits)
    .split('.');
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part.replace(/0{1,2}$/, '').padEnd(2, '0')}`;
}
