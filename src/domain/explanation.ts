import { metricNamed } from './catalogue.ts';
import type { DeliverySource } from './delivery.ts';
import { namedLabels } from './label-text.ts';
import type { DeploymentState, JobState, ReviewState, RunState } from './lifecycle/state.ts';
import { COUNT_CELL, type Increment, SUM_CELL } from './metric.ts';
import type { ChosenLabel } from './repository-labels.ts';

/** What one delivery reported about a run or a job, and what came of it: for people who check a number. */
export interface ObservationEntry {
  readonly runId: number;
  /** Null if it is about the run itself. */
  readonly jobId: number | null;
  readonly guid: string;
  readonly source: DeliverySource;
  readonly receivedAtMs: number;
  /** When GitHub created the event, if its id contains a time. */
  readonly eventAtMs: number;
  readonly action: string;
  readonly status: string;
  readonly conclusion: string | null;
  /** The known status before this delivery, and after it. */
  readonly before: string | null;
  readonly after: string;
  /** What it counted. If nothing, `why` gives the reason. */
  readonly counted: readonly Increment[];
  readonly why: string | null;
  /** The labels of its repository that this was counted under, and where each is from. Absent: there are none. */
  readonly repositoryLabels?: readonly ChosenLabel[];
}

/** Everything that is known about one run, or about one job and the others of its name. */
export interface Explanation {
  readonly runs: readonly RunState[];
  readonly jobs: readonly JobState[];
  /** Of the run, or of the job. */
  readonly deployments: readonly DeploymentState[];
  readonly reviews: readonly ReviewState[];
  readonly observations: readonly ObservationEntry[];
}

/** What was counted, for a person: `metric{labels} +value`, or `observed value` for a histogram. */
export function countedText(increments: readonly Increment[]): string[] {
  return increments.flatMap(linesOf);
}

/** One line per number that changed; the count and the sum of a histogram are one line. */
function linesOf(
  { metric, labels, cell, delta }: Increment,
  index: number,
  all: readonly Increment[],
): string[] {
  if (cell === SUM_CELL) return [];
  const known = metricNamed(metric);
  const named = known === undefined ? [] : namedLabels(known.labels, labels);
  const pairs = named.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const series = `${metric}{${pairs.join(',')}}`;
  if (cell === COUNT_CELL) return [`${series} +${delta / (known?.scale ?? 1)}`];
  const next = all[index + 1];
  // An observation of 0 has no increment of the sum; one from elsewhere would have other labels.
  const isOwn =
    next?.cell === SUM_CELL && next.metric === metric && next.labels.join('\0') === labels.join('\0');
  const sum = isOwn ? next.delta : 0;
  return [`${series} observed ${sum / (known?.scale ?? 1)}`];
}
