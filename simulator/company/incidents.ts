/** Where a job belongs. */
export interface JobPlace {
  readonly repository: string;
  readonly workflow: string;
  readonly job: string;
  readonly isDefaultBranch: boolean;
}

/** What an incident changes about a job. */
export interface Change {
  /** The step that fails; null: none because of it. */
  readonly brokenStep: string | null;
  /** How much longer the job takes. */
  readonly slowdown: number;
}

interface Incident extends Omit<JobPlace, 'isDefaultBranch'>, Change {
  readonly onlyDefaultBranch: boolean;
  /** How long before the present it began. */
  readonly beganBeforeMs: number;
}

const HOUR_MS = 3_600_000;
const UNCHANGED: Change = { brokenStep: null, slowdown: 1 };

const INCIDENTS: readonly Incident[] = [
  // Somebody merged it yesterday afternoon; since then no commit on main passes.
  {
    repository: 'payments',
    workflow: 'CI',
    job: 'integration tests',
    onlyDefaultBranch: true,
    beganBeforeMs: 19 * HOUR_MS,
    brokenStep: 'Apply database migrations',
    slowdown: 1,
  },
  // A dependency made it slower two days ago.
  {
    repository: 'search',
    workflow: 'CI',
    job: 'benchmark',
    onlyDefaultBranch: false,
    beganBeforeMs: 46 * HOUR_MS,
    brokenStep: null,
    slowdown: 1.7,
  },
];

/** What is different about a job at `atMs`. */
export function changeOf(place: JobPlace, atMs: number, presentMs: number): Change {
  const found = INCIDENTS.find(
    (each) =>
      each.repository === place.repository &&
      each.workflow === place.workflow &&
      each.job === place.job &&
      (place.isDefaultBranch || !each.onlyDefaultBranch) &&
      atMs >= presentMs - each.beganBeforeMs,
  );
  return found ?? UNCHANGED;
}
