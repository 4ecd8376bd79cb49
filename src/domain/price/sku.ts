import type { Sku } from './price-table.ts';

/** What a job's payload tells about the runner that took it. */
export interface RunnerFacts {
  /** The labels that the job asked for. */
  readonly runsOn: readonly string[];
  readonly runnerGroup: string | null;
  readonly runnerName: string | null;
}

/** The kind of runner a job ran on. Standard runners are free in public repositories. */
export interface RunnerKind {
  readonly sku: Sku | 'self_hosted';
  readonly isStandard: boolean;
}

/*
 * GitHub's own labels, whole. A prefix such as `ubuntu-` would take in larger runners, whose labels their owners
 * choose (`ubuntu-latest-8-cores`, `windows-latest-l`), and price them as standard ones.
 */

const STANDARD: readonly (readonly [label: RegExp, sku: Sku])[] = [
  [/^ubuntu-slim$/, 'linux_slim'],
  [/^ubuntu-(latest|\d+\.\d+)$/, 'linux'],
  [/^ubuntu-(latest|\d+\.\d+)-arm$/, 'linux_2_core_arm'],
  [/^windows-(latest|\d+)(-vs\d+)?$/, 'windows'],
  [/^windows-(latest|\d+)-arm$/, 'windows_2_core_arm'],
  [/^macos-(latest|\d+(\.\d+)?)(-intel)?$/, 'macos'],
];

/** The only larger runners whose labels are GitHub's and tell the size. */
const LARGER_MACOS: readonly (readonly [label: RegExp, sku: Sku])[] = [
  [/^macos-(latest|\d+)(-intel)?-large$/, 'macos_l'],
  [/^macos-(latest|\d+)-xlarge$/, 'macos_xl'],
];

/** What GitHub calls the group of its standard runners, and, with a number after it, each of them. */
const HOSTED = 'GitHub Actions';

/**
 * The kind of runner that a job ran on, or null where the payload does not tell: larger runners and most
 * scale sets are known to nobody but the one who named them, so only an operator's rule can price those.
 */
export function runnerKindOf(runner: RunnerFacts): RunnerKind | null {
  const labels = runner.runsOn.map((label) => label.toLowerCase());
  if (labels.includes('self-hosted')) return { sku: 'self_hosted', isStandard: false };
  // A runner of GitHub's answers to one label only.
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

/** Whether the runner can be a standard one: anybody may label a runner of their own `ubuntu-latest`. */
function isHosted({ runnerGroup, runnerName }: RunnerFacts): boolean {
  if (runnerGroup !== null) return runnerGroup === HOSTED;
  return runnerName === null || new RegExp(`^${HOSTED} \\d+$`).test(runnerName);
}
