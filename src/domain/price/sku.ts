import type { Sku } from './price-table.ts';

/** What a job's payload says about the runner that took it. */
export interface RunnerFacts {
  /** The labels that the job asked for. */
  readonly runsOn: readonly string[];
  readonly runnerGroup: string | null;
  readonly runnerName: string | null;
}

/** What runners of one's own are called, in place of a SKU of GitHub's. */
export const SELF_HOSTED = 'self_hosted';

/** The kind of runner a job ran on. Standard runners are free in public repositories. */
export interface RunnerKind {
  readonly sku: Sku | typeof SELF_HOSTED;
  readonly isStandard: boolean;
}

/*
 * GitHub's own labels, in full. A prefix such as `ubuntu-` would include larger runners, whose owners choose
 * the labels (`ubuntu-latest-8-cores`, `windows-latest-l`), and price them as standard ones.
 */

const STANDARD: readonly (readonly [label: RegExp, sku: Sku])[] = [
  [/^ubuntu-slim$/, 'linux_slim'],
  [/^ubuntu-(latest|\d+\.\d+)$/, 'linux'],
  [/^ubuntu-(latest|\d+\.\d+)-arm$/, 'linux_2_core_arm'],
  [/^windows-(latest|\d+)(-vs\d+)?$/, 'windows'],
  [/^windows-(latest|\d+)-arm$/, 'windows_2_core_arm'],
  [/^macos-(latest|\d+(\.\d+)?)(-intel)?$/, 'macos'],
];

/** The only larger runners whose labels are GitHub's and include the size. */
const LARGER_MACOS: readonly (readonly [label: RegExp, sku: Sku])[] = [
  [/^macos-(latest|\d+)(-intel)?-large$/, 'macos_l'],
  [/^macos-(latest|\d+)-xlarge$/, 'macos_xl'],
];

/** How GitHub calls the group of its standard runners and, with a number appended, each of them. */
const HOSTED = 'GitHub Actions';
const HOSTED_RUNNER = new RegExp(`^${HOSTED} \\d+$`);

/**
 * The kind of runner that a job ran on, or null if the payload does not show it: only whoever named larger
 * runners and most scale sets knows them, so only an operator's rule can price those.
 */
export function runnerKindOf(runner: RunnerFacts): RunnerKind | null {
  const labels = runner.runsOn.map((label) => label.toLowerCase());
  if (labels.includes('self-hosted')) return { sku: SELF_HOSTED, isStandard: false };
  // One of GitHub's runners has a single label.
  const [label, ...more] = labels;
  if (label === undefined || more.length > 0) return null;
  const larger = skuIn(LARGER_MACOS, label);
  if (larger !== undefined) return { sku: larger, isStandard: false };
  const standard = isHosted(runner) ? skuIn(STANDARD, label) : undefined;
  return standard === undefined ? null : { sku: standard, isStandard: true };
}

function skuIn(table: readonly (readonly [label: RegExp, sku: Sku])[], label: string): Sku | undefined {
  return table.find(([pattern]) => pattern.test(label))?.[1];
}

/** Whether this can be a standard runner: anybody may label a runner of their own `ubuntu-latest`. */
function isHosted({ runnerGroup, runnerName }: RunnerFacts): boolean {
  if (runnerGroup !== null) return runnerGroup === HOSTED;
  return runnerName === null || HOSTED_RUNNER.test(runnerName);
}
