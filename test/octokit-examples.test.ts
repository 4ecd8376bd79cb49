import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { linesOf, sumOf, withoutZeros } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * Every workflow event in @octokit/webhooks-examples, through the real process. The examples were edited by
 * hand and contradict each other: four different jobs share one id, and one run has two ends. So their order
 * matters, and the first end is the one that counts.
 */

const PACKAGE = join(import.meta.dirname, '..', 'node_modules', '@octokit', 'webhooks-examples');
const EVENTS = ['workflow_dispatch', 'workflow_job', 'workflow_run'];

/** The versions of GitHub, in the order in which their examples are sent. */
const VERSIONS = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];

interface Example {
  readonly event: string;
  readonly payload: unknown;
}

function readExamples(version: string): Example[] {
  const file = readFileSync(join(PACKAGE, version, 'index.json'), 'utf8');
  const events: { name: string; examples: unknown[] }[] = JSON.parse(file);
  return events
    .filter(({ name }) => EVENTS.includes(name))
    .flatMap(({ name, examples }) => examples.map((payload) => ({ event: name, payload })));
}

const BOUNDS = [
  '1',
  '2',
  '5',
  '10',
  '20',
  '30',
  '60',
  '120',
  '300',
  '600',
  '1200',
  '1800',
  '3600',
  '7200',
  '10800',
  '21600',
  '+Inf',
];

/** The lines of one histogram; `counts` are those of its buckets, each including the ones before. */
function histogram(name: string, labels: string, counts: string, sum: number): string[] {
  const values = counts.split(' ');
  assert.equal(values.length, BOUNDS.length);
  return [
    ...BOUNDS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${values[index]}`),
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${values.at(-1)}`,
  ];
}

/* What the 28 examples mean, computed by hand from the payloads and docs/meaning.md. */
const EXPECTED = [
  /*
   * workflow_job, id 289782451 of Codertocat/Hello-World (four examples). First comes the `completed` one
   * "linters": conclusion failure, created 10:33:58, started 10:34:58, completed 10:38:16. Queue 60 s, which
   * the bound 60 includes; duration 198 s. The next one ends it again with success, then it is in progress,
   * then queued: nothing of that counts, and a completed job is not active.
   */
  'github_actions_jobs_total{repository="Codertocat/Hello-World",workflow="CodeQL",job_name="linters",runs_on="ubuntu-latest",conclusion="failure"} 1',
  ...histogram(
    'github_actions_job_duration_seconds',
    'repository="Codertocat/Hello-World",workflow="CodeQL",job_name="linters",conclusion="failure"',
    '0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 1',
    198,
  ),
  ...histogram(
    'github_actions_job_queue_seconds',
    'repository="Codertocat/Hello-World",workflow="CodeQL",runs_on="ubuntu-latest"',
    '0 0 0 0 0 0 1 1 1 1 1 1 1 1 1 1 1',
    60,
  ),
  // A step failed; the runner was busy for the 198 s. The repository is public and the runner a standard one:
  // no bill.
  'github_actions_job_failures_total{repository="Codertocat/Hello-World",workflow="CodeQL",job_name="linters",cause="step"} 1',
  'github_actions_runner_busy_seconds_total{repository="Codertocat/Hello-World",runs_on="ubuntu-latest",runner_group="GitHub Actions"} 198',
  /*
   * workflow_job, id 14541957942 of wolfy1339/github-events-schemas: in progress since 2023-06-26 03:31:36,
   * created 03:31:29. Queue 7 s; it has been running for years, so it is stale.
   */
  ...histogram(
    'github_actions_job_queue_seconds',
    'repository="wolfy1339/github-events-schemas",workflow="Test",runs_on="ubuntu-latest"',
    '0 0 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    7,
  ),
  'github_actions_stale_jobs{repository="wolfy1339/github-events-schemas",status="in_progress"} 1',
  /*
   * workflow_job, id 2832853555 of octo-org/example-workflow (in four versions): in progress since 2021. It
   * has no created_at, so its queue time is unknown.
   */
  'github_actions_stale_jobs{repository="octo-org/example-workflow",status="in_progress"} 1',
  /*
   * workflow_job, id 12877621891 of lineville/elastic-machines-testing: `queued` with the status waiting,
   * then `waiting`; created in 2023, over 35 days ago.
   */
  'github_actions_stale_jobs{repository="lineville/elastic-machines-testing",status="waiting"} 1',
  /*
   * workflow_run, id 1589141559 of Codertocat/Hello-World (in six versions): `completed`, though its status
   * still says queued and its conclusion is null. Branch main is the default branch. Started and updated
   * 19:37:22: 0 s.
   */
  'github_actions_runs_total{repository="Codertocat/Hello-World",workflow="Manually triggered workflow",event="workflow_dispatch",branch="default",conclusion="unknown"} 1',
  ...histogram(
    'github_actions_run_duration_seconds',
    'repository="Codertocat/Hello-World",workflow="Manually triggered workflow",branch="default",conclusion="unknown"',
    '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    0,
  ),
  // Neither a success nor a failure; it ended 2021-12-16 19:37:22.
  'github_actions_workflow_consecutive_failures{repository="Codertocat/Hello-World",workflow="Manually triggered workflow",file=".github/workflows/syntax.yml"} 0',
  'github_actions_workflow_last_run_timestamp_seconds{repository="Codertocat/Hello-World",workflow="Manually triggered workflow",file=".github/workflows/syntax.yml"} 1639683442',
  /*
   * workflow_run, id 289782451 of octo-org/octo-repo (four examples): twice `completed` with success, started
   * and updated 16:33:49: 0 s. Then `requested`, once queued, too late, and once as completed with
   * action_required: held for an approval, which is counted apart.
   */
  'github_actions_runs_total{repository="octo-org/octo-repo",workflow="test",event="repository_dispatch",branch="default",conclusion="success"} 1',
  ...histogram(
    'github_actions_run_duration_seconds',
    'repository="octo-org/octo-repo",workflow="test",branch="default",conclusion="success"',
    '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    0,
  ),
  'github_actions_runs_total{repository="octo-org/octo-repo",workflow="test",event="repository_dispatch",branch="default",conclusion="action_required"} 1',
  ...histogram(
    'github_actions_run_duration_seconds',
    'repository="octo-org/octo-repo",workflow="test",branch="default",conclusion="action_required"',
    '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    0,
  ),
  // On the default branch, ended 2020-10-05 16:33:49.
  'github_actions_workflow_consecutive_failures{repository="octo-org/octo-repo",workflow="test",file=".github/workflows/test.yml"} 0',
  'github_actions_workflow_last_run_timestamp_seconds{repository="octo-org/octo-repo",workflow="test",file=".github/workflows/test.yml"} 1601915629',
  'github_actions_workflow_last_success_timestamp_seconds{repository="octo-org/octo-repo",workflow="test",file=".github/workflows/test.yml"} 1601915629',
];

/**
 * workflow_dispatch: two examples of api.github.com and one of each of the five GHES versions, all of one
 * workflow.
 */
const DISPATCHES =
  'github_actions_dispatches_total{repository="octo-org/octo-repo",workflow=".github/workflows/hello-world-workflow.yml"}';

test('no version and no example is left out', () => {
  const folders = readdirSync(PACKAGE, { withFileTypes: true });
  assert.deepEqual(
    folders
      .filter((each) => each.isDirectory())
      .map(({ name }) => name)
      .sort(),
    VERSIONS,
  );
  // dispatches + jobs + runs
  assert.deepEqual(
    VERSIONS.map((version) => readExamples(version).length),
    [2 + 8 + 5, 1 + 0 + 1, 1 + 0 + 1, 1 + 1 + 1, 1 + 1 + 1, 1 + 1 + 1],
  );
});

for (const form of [false, true]) {
  test(`the examples of all versions, ${form ? 'form-encoded' : 'as JSON'}, give the numbers computed by hand`, async () => {
    await using service = await startService();
    const examples = VERSIONS.flatMap(readExamples);
    const guids = examples.map(() => randomUUID());
    const post = async (ids: readonly string[]) => {
      for (const [index, { event, payload }] of examples.entries()) {
        const guid = ids[index] ?? '';
        const { status, text } = await service.post(event, payload, { guid, form });
        assert.equal(status, 202, text);
      }
    };

    await post(guids);
    await expectNumbers(service, { dispatches: 7, accepted: 28, duplicates: 0 });

    // Redelivered by GitHub: the same ids.
    await post(guids);
    await expectNumbers(service, { dispatches: 7, accepted: 28, duplicates: 28 });

    // The same, reported again. Only dispatches have no identity other than the delivery's.
    await post(guids.map(() => randomUUID()));
    await expectNumbers(service, { dispatches: 14, accepted: 56, duplicates: 28 });
  });
}

async function expectNumbers(
  service: Service,
  { dispatches, accepted, duplicates }: { dispatches: number; accepted: number; duplicates: number },
): Promise<void> {
  const samples = await service.settled();
  assert.deepEqual(
    withoutZeros(linesOf(samples, 'github_actions_')),
    [...EXPECTED, `${DISPATCHES} ${dispatches}`].sort(),
  );
  const deliveries = (outcome: string) => sumOf(samples, 'ant_watcher_deliveries_total', { outcome });
  assert.deepEqual([deliveries('accepted'), deliveries('duplicate')], [accepted, duplicates]);
  // The run that is held was updated 25 s before it was started.
  assert.equal(sumOf(samples, 'ant_watcher_timestamp_anomalies_total', { kind: 'run_duration' }), 1);
  assert.equal(sumOf(samples, 'ant_watcher_timestamp_anomalies_total'), 1);
  assert.equal(sumOf(samples, 'ant_watcher_queue_deliveries', { state: 'parked' }), 0);
}
