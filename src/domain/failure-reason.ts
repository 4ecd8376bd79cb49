/*
 * Why a job failed according to its annotations: what the runner and GitHub write about a job for people. They say
 * what no payload contains, and only to those who ask.
 */

/** The strongest first: where annotations give several reasons, the first of these caused the others. */
export const FAILURE_REASONS = [
  'out_of_disk',
  'out_of_memory',
  'runner_lost',
  'timeout',
  'cancelled_by_concurrency',
  'exit_code',
  'unknown',
] as const;
export type FailureReasonWord = (typeof FAILURE_REASONS)[number];

export interface FailureReason {
  readonly reason: FailureReasonWord;
  /** Of the step's program, where the reason is `exit_code`. */
  readonly exitCode: number | null;
}

/** What is needed of an annotation. */
export interface Annotation {
  /** The file that it is about: `.github` where it is about the job itself. */
  readonly path: string;
  /** `failure`, `warning` or `notice`. */
  readonly level: string;
  readonly message: string;
}

/** What the texts of GitHub and its runner say, whoever runs it; see `failure-reason.test.ts` for whole ones. */
const WORDS: readonly (readonly [Exclude<FailureReasonWord, 'exit_code' | 'unknown'>, RegExp])[] = [
  [
    'out_of_disk',
    /no space left on device|not enough space on the disk|you are running out of disk space|disk quota exceeded/i,
  ],
  // Not the advice that everything which "starves it for CPU/Memory" may have lost the runner.
  [
    'out_of_memory',
    /\bout of memory\b|\bOutOfMemory(Error|Exception)\b|cannot allocate memory|\bOOM-?Killed\b|\bstd::bad_alloc\b/i,
  ],
  [
    'runner_lost',
    /\brunner\b.*\blost communication with the server\b|\brunner has received a shutdown signal\b|\b(hosted|self-hosted) runner encountered an error\b|\(Error Type: Disconnect\)/i,
  ],
  ['timeout', /\bhas exceeded the maximum execution time\b|^The action .* has timed out after \d+ minutes?/i],
  ['cancelled_by_concurrency', /^Canceling since a higher priority waiting request\b/i],
];
const EXIT_CODE = /\b(?:completed|failed) with exit code (-?\d{1,10})\b/i;
/** Longer ones are logs of something. */
const MESSAGE_CHARS = 2000;

/** Why a job failed that has these annotations: `unknown` if none says. */
export function failureReasonOf(annotations: readonly Annotation[]): FailureReason {
  const messages = annotations.filter(isOfJob).map(({ message }) => message.slice(0, MESSAGE_CHARS));
  for (const [reason, words] of WORDS)
    if (messages.some((message) => words.test(message))) return { reason, exitCode: null };
  for (const message of messages) {
    const code = EXIT_CODE.exec(message)?.[1];
    if (code !== undefined) return { reason: 'exit_code', exitCode: Number(code) };
  }
  return { reason: 'unknown', exitCode: null };
}

/** Those of linters and test reporters are about files, and may contain any text. A notice is no failure. */
function isOfJob({ path, level }: Annotation): boolean {
  return level !== 'notice' && (path === '.github' || path.startsWith('.github/'));
}

/**
 * What can explain a job that was cancelled, which is no failure by itself. A job over its time limit ends as
 * cancelled, too.
 */
const OF_CANCELLED: readonly FailureReasonWord[] = ['cancelled_by_concurrency', 'timeout'];

/** Whether a reason counts for a job that ended like this. */
export function explains({ reason }: FailureReason, conclusion: string | null): boolean {
  return conclusion !== 'cancelled' || OF_CANCELLED.includes(reason);
}

/** For people. */
export function reasonText({ reason, exitCode }: FailureReason): string {
  return exitCode === null ? reason : `${reason} ${exitCode}`;
}
