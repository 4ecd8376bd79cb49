import type { Job } from './model.ts';
import { createRandom, type Random } from './random.ts';

/** What the runner, GitHub and linters write about a job. */
export interface Annotation {
  readonly path: string;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly message: string;
  readonly title: string;
}

/** What the annotations of a job say; GitHub does not report it in a word. */
export interface AnnotatedJob {
  readonly reason: string;
  readonly exitCode: number | null;
  readonly annotations: readonly Annotation[];
}

const ADVICE =
  'Anything in your workflow that terminates the runner process, starves it for CPU/Memory, or blocks its network access can cause this error.';
const DEPRECATED =
  'Node.js 16 actions are deprecated. Please update the following actions to use Node.js 20: actions/checkout@v3. For more information see: https://github.blog/changelog/2023-09-22-github-actions-transitioning-from-node-16-to-node-20/.';
const MIGRATES =
  'ubuntu-latest pipelines will use ubuntu-24.04 soon. For more details, see https://github.com/actions/runner-images/issues/10636';

/** The same for every report of an execution, also when it is carried over. */
export function annotatedJob(job: Job): AnnotatedJob {
  const random = createRandom(`annotations/${job.startedMs}/${job.name}/${job.runner?.name}`);
  const said = wordsOf(job, random);
  const odd = oddities(random);
  return {
    ...said,
    annotations: random.chance(0.5) ? [...odd, ...said.annotations] : [...said.annotations, ...odd],
  };
}

function wordsOf(job: Job, random: Random): AnnotatedJob {
  const runner = job.runner?.name ?? 'Hosted Agent';
  switch (job.failure) {
    case 'step':
      return ofStep(random);
    case 'timeout':
      return random.chance(0.5)
        ? said(
            'timeout',
            'The job has exceeded the maximum execution time of 6h0m0s',
            'The operation was canceled.',
          )
        : said(
            'timeout',
            `The job running on runner ${runner} has exceeded the maximum execution time of 360 minutes.`,
          );
    case 'runner_lost':
      return lostRunner(runner, random);
    case 'startup':
      return said(
        'unknown',
        "The job was not started because recent account payments have failed or your spending limit needs to be increased. Please check the 'Billing & plans' section in your settings",
      );
    case 'rejected':
      return said('unknown', "The deployment was rejected or didn't satisfy other protection rules.");
    case null:
      return job.conclusion === 'cancelled' ? ofCancelled(random) : said('unknown');
  }
}

function ofStep(random: Random): AnnotatedJob {
  const code = random.pick([1, 1, 1, 1, 2, 127, 137, 143]);
  const ended = `Process completed with exit code ${code}.`;
  if (random.chance(0.1))
    return said(
      'out_of_disk',
      "System.IO.IOException: No space left on device : '/home/runner/work/_temp'",
      ended,
    );
  if (random.chance(0.1))
    return said(
      'out_of_memory',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      ended,
    );
  // Some fail in an action that says so in its own words, or in none.
  if (random.chance(0.1)) return said('unknown', 'Unable to locate executable file: terraform');
  if (random.chance(0.05)) return said('unknown');
  return { ...said('exit_code', ended), exitCode: code };
}

function lostRunner(runner: string, random: Random): AnnotatedJob {
  if (random.chance(0.2))
    return {
      ...said('out_of_disk', `The hosted runner: ${runner} lost communication with the server. ${ADVICE}`),
      annotations: [
        onJob(
          'warning',
          'You are running out of disk space. The runner will stop working when the machine runs out of disk space. Free space left: 74 MB',
        ),
        onJob('failure', `The hosted runner: ${runner} lost communication with the server. ${ADVICE}`),
      ],
    };
  return said(
    'runner_lost',
    random.pick([
      `The self-hosted runner: ${runner} lost communication with the server. Verify the machine is running and has a healthy network connection. ${ADVICE}`,
      'The hosted runner encountered an error while running your job. (Error Type: Disconnect).',
      'The runner has received a shutdown signal. This can happen when the runner service is stopped, or a manually started runner is canceled.',
    ]),
  );
}

/** A person cancels without a word on most jobs. */
function ofCancelled(random: Random): AnnotatedJob {
  if (random.chance(0.6))
    return said(
      'cancelled_by_concurrency',
      'Canceling since a higher priority waiting request for CI-refs/heads/main exists',
      'The operation was canceled.',
    );
  return random.chance(0.5) ? said('unknown', 'The operation was canceled.') : said('unknown');
}

function oddities(random: Random): Annotation[] {
  const odd: Annotation[] = [];
  if (random.chance(0.3)) odd.push(onJob('warning', DEPRECATED));
  if (random.chance(0.1)) odd.push(onJob('notice', MIGRATES));
  if (random.chance(0.1))
    for (let line = 1; line <= 50; line += 1)
      odd.push({
        ...{ path: `src/part-${line % 7}.c`, level: 'warning', title: 'cppcheck' },
        message: `line ${line}: no space left on device is not handled, nor is out of memory`,
      });
  return odd;
}

function said(reason: string, ...messages: readonly string[]): AnnotatedJob {
  return { reason, exitCode: null, annotations: messages.map((message) => onJob('failure', message)) };
}

function onJob(level: Annotation['level'], message: string): Annotation {
  return { path: '.github', level, message, title: '' };
}
