/*
 * What the Collector's GitHub receiver is tested with: payloads, and the spans that it makes of them. From
 * receiver/githubreceiver/testdata of https://github.com/open-telemetry/opentelemetry-collector-contrib, Copyright The
 * OpenTelemetry Authors, under the Apache License 2.0 (LICENSE beside this file). Changed: fields of payloads that
 * nobody reads are left out, and the YAML of the spans is written as objects.
 */

export type Value = string | number | { readonly double: number } | readonly string[];

export interface GoldenSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanId: string;
  /** Empty: none. */
  readonly parentSpanId: string;
  /** In seconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes?: Readonly<Record<string, Value>>;
}

export interface Golden {
  readonly traceId: string;
  readonly resource: Readonly<Record<string, Value>>;
  readonly spans: readonly GoldenSpan[];
}

const collector = {
  id: 614849916,
  full_name: 'open-telemetry/open-telemetry-otel-collector',
  private: false,
  visibility: 'public',
  default_branch: 'main',
  custom_properties: { service_name: 'otel-collector', team_name: 'open-telemetry' },
};

const step = (number: number, name: string, from: string, to: string) => ({
  ...{ name, status: 'completed', conclusion: 'success', number },
  ...{ started_at: `2025-04-16T${from}Z`, completed_at: `2025-04-16T${to}Z` },
});

/** workflow-job-completed.json at 67dbede. */
export const JOB_COMPLETED = {
  action: 'completed',
  workflow_job: {
    id: 40685651258,
    run_id: 14460881260,
    workflow_name: 'build-and-test',
    head_branch: 'renovate/major-tool-deps',
    run_attempt: 13,
    head_sha: '6077d805b0fc49f65e6dbaefc2d1fc9b4f92aa4e',
    status: 'completed',
    conclusion: 'success',
    created_at: '2025-04-16T21:08:58Z',
    started_at: '2025-04-16T21:09:03Z',
    completed_at: '2025-04-16T21:10:25Z',
    name: 'test (1.23)',
    steps: [
      step(1, 'Set up job', '21:09:02', '21:09:04'),
      step(2, 'Run actions/checkout@v4', '21:09:04', '21:09:05'),
      step(3, 'Set up Go', '21:09:05', '21:09:05'),
      step(4, 'Make test-all', '21:09:06', '21:10:20'),
      step(5, 'Upload coverage to Codecov', '21:10:20', '21:10:23'),
      step(9, 'Post Set up Go', '21:10:23', '21:10:23'),
      step(10, 'Post Run actions/checkout@v4', '21:10:25', '21:10:25'),
      step(11, 'Complete job', '21:10:23', '21:10:23'),
    ],
    labels: ['ubuntu-latest'],
    runner_id: 346,
    runner_name: 'GitHub Actions 320',
    runner_group_id: 2,
    runner_group_name: 'GitHub Actions',
  },
  repository: collector,
  sender: { login: 'renovate[bot]' },
};

const goldenStep = (spanId: string, name: string, start: number, end: number): GoldenSpan => ({
  ...{ name, kind: 2, spanId, parentSpanId: 'd328504edfc4f5dc', start, end },
  status: { code: 1, message: 'success' },
  attributes: { 'cicd.pipeline.task.name': name, 'cicd.pipeline.run.task.status': 'success' },
});

/** workflow-job-expected.yaml at 280902a: made with the ids that it had before v0.151.0. */
export const JOB_EXPECTED: Golden = {
  traceId: '731ec8a47fd7450f753a812a4a8aa5a0',
  resource: {
    'service.name': 'otel-collector',
    'vcs.repository.name': 'open-telemetry-otel-collector',
    'vcs.vendor.name': 'github',
    'vcs.ref.head': 'renovate/major-tool-deps',
    'vcs.ref.head.type': 'branch',
    'vcs.ref.head.revision': '6077d805b0fc49f65e6dbaefc2d1fc9b4f92aa4e',
    'cicd.pipeline.worker.id': 346,
    'cicd.pipeline.worker.group.id': 2,
    'cicd.pipeline.worker.name': 'GitHub Actions 320',
    'cicd.pipeline.worker.group.name': 'GitHub Actions',
    'cicd.pipeline.worker.node.id': 'CR_kwDOJKXdfM8AAAAJeQ3FOg',
    'cicd.pipeline.worker.labels': ['ubuntu-latest'],
    'cicd.pipeline.name': 'test (1.23)',
    'cicd.pipeline.task.run.sender.login': 'renovate[bot]',
    'cicd.pipeline.task.run.url.full':
      'https://github.com/open-telemetry/open-telemetry-otel-collector/actions/runs/14460881260/job/40685651258',
    'cicd.pipeline.task.run.id': 40685651258,
    'cicd.pipeline.run.task.status': 'success',
  },
  spans: [
    {
      ...{ name: 'test (1.23)', kind: 2, spanId: 'e68a36b3514c8634', parentSpanId: 'aba151af7cfbcf0f' },
      ...{ start: 1744837738, end: 1744837825, status: { code: 1, message: 'success' } },
    },
    {
      ...{ name: 'queue-test (1.23)', kind: 2, spanId: 'd328504edfc4f5dc', parentSpanId: 'e68a36b3514c8634' },
      ...{ start: 1744837738, end: 1744837743, status: {} },
      attributes: { 'cicd.pipeline.run.queue.duration': { double: 5e9 } },
    },
    goldenStep('103b52e85d34ae1c', 'Set up job', 1744837742, 1744837744),
    goldenStep('b0a2cdd89199b9a5', 'Run actions/checkout@v4', 1744837744, 1744837745),
    goldenStep('c04460ffd6bf3917', 'Set up Go', 1744837745, 1744837745),
    goldenStep('1684627ec86a096c', 'Make test-all', 1744837746, 1744837820),
    goldenStep('25aeeca484f9f7e5', 'Upload coverage to Codecov', 1744837820, 1744837823),
    goldenStep('0715a13bb338e46e', 'Post Set up Go', 1744837823, 1744837823),
    goldenStep('e231dce10420723b', 'Post Run actions/checkout@v4', 1744837825, 1744837825),
    goldenStep('bb94c07ba3717632', 'Complete job', 1744837823, 1744837823),
  ],
};

/** workflow-run-completed.json at b985387. */
export const RUN_COMPLETED = {
  action: 'completed',
  workflow_run: {
    id: 14460881260,
    name: 'build-and-test',
    head_branch: 'renovate/major-tool-deps',
    head_sha: '6077d805b0fc49f65e6dbaefc2d1fc9b4f92aa4e',
    path: '.github/workflows/build.yml',
    run_number: 2867,
    event: 'pull_request',
    status: 'completed',
    conclusion: 'failure',
    workflow_id: 63192828,
    created_at: '2025-04-15T03:52:07Z',
    updated_at: '2025-04-16T21:10:27Z',
    actor: { login: 'renovate[bot]' },
    run_attempt: 13,
    referenced_workflows: [],
    run_started_at: '2025-04-16T21:08:53Z',
    triggering_actor: { login: 'adrielp' },
    previous_attempt_url:
      'https://api.github.com/repos/open-telemetry/open-telemetry-otel-collector/actions/runs/14460881260/attempts/12',
    head_commit: {
      author: { name: 'renovate[bot]', email: '29139614+renovate[bot]@users.noreply.github.com' },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
    },
  },
  workflow: { id: 63192828, name: 'build-and-test', path: '.github/workflows/build.yml' },
  repository: collector,
  sender: { login: 'renovate[bot]' },
};

/** workflow-run-expected.yaml at 69354d0. */
export const RUN_EXPECTED: Golden = {
  traceId: '731ec8a47fd7450f753a812a4a8aa5a0',
  resource: {
    'service.name': 'otel-collector',
    'vcs.repository.name': 'open-telemetry-otel-collector',
    'vcs.vendor.name': 'github',
    'vcs.ref.head': 'renovate/major-tool-deps',
    'vcs.ref.head.type': 'branch',
    'vcs.ref.head.revision': '6077d805b0fc49f65e6dbaefc2d1fc9b4f92aa4e',
    'vcs.ref.head.revision.author.name': 'GitHub',
    'vcs.ref.head.revision.author.email': 'noreply@github.com',
    'cicd.pipeline.name': 'build-and-test',
    'cicd.pipeline.run.sender.login': 'renovate[bot]',
    'cicd.pipeline.run.url.full':
      'https://github.com/open-telemetry/open-telemetry-otel-collector/actions/runs/14460881260',
    'cicd.pipeline.run.id': 14460881260,
    'cicd.pipeline.run.status': 'failure',
    'cicd.pipeline.run.previous_attempt.url.full':
      'https://github.com/open-telemetry/open-telemetry-otel-collector/actions/runs/14460881260/attempts/12',
  },
  spans: [
    {
      ...{ name: 'build-and-test', kind: 2, spanId: 'aba151af7cfbcf0f', parentSpanId: '' },
      ...{ start: 1744837733, end: 1744837827, status: { code: 2, message: 'failure' } },
    },
  ],
};

/** The link in the same file: without a span id. */
export const RUN_EXPECTED_LINK = '3ab150c94bf95169f4958bc860bddc3b';

/** workflow-job-skipped.json at 09ea2f4. */
export const JOB_SKIPPED = {
  action: 'completed',
  workflow_job: {
    id: 41546348818,
    run_id: 14796710445,
    workflow_name: 'skip-me',
    head_branch: 'main',
    run_attempt: 13,
    head_sha: '51eb1fb55541bf4856a7a24afd15bb3e90eea0ff',
    status: 'completed',
    conclusion: 'skipped',
    created_at: '2025-05-02T14:15:55Z',
    started_at: '2025-05-02T14:15:54Z',
    completed_at: '2025-05-02T14:15:54Z',
    name: 'build',
    steps: [],
    labels: [],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
  },
  repository: {
    id: 976654731,
    full_name: 'open-telemetry/opentelemetry-collector-contrib',
    private: false,
    visibility: 'public',
    default_branch: 'main',
    custom_properties: {},
  },
  sender: { login: 'username' },
};

/** workflow-job-skipped-expected.yaml at 0bf0116: made with the ids that it has since v0.151.0. */
export const JOB_SKIPPED_EXPECTED: Golden = {
  traceId: '0b0cff7305ff68eb7d1bb72c7fdbe277',
  resource: {
    'service.name': 'opentelemetry-collector-contrib',
    'vcs.repository.name': 'opentelemetry-collector-contrib',
    'vcs.provider.name': 'github',
    'vcs.ref.head': 'main',
    'vcs.ref.type': 'branch',
    'vcs.ref.head.revision': '51eb1fb55541bf4856a7a24afd15bb3e90eea0ff',
    'cicd.pipeline.worker.id': 0,
    'cicd.pipeline.worker.group.id': 0,
    'cicd.pipeline.worker.name': '',
    'cicd.pipeline.worker.group.name': '',
    'cicd.pipeline.worker.node.id': 'CR_kwDOOjaRi88AAAAJrFr5Eg',
    'cicd.pipeline.name': 'build',
    'cicd.pipeline.task.run.sender.login': 'username',
    'cicd.pipeline.task.run.url.full':
      'https://github.com/open-telemetry/opentelemetry-collector-contrib/actions/runs/14796710445/job/41546348818',
    'cicd.pipeline.task.run.id': 41546348818,
    'cicd.pipeline.run.task.status': 'skip',
  },
  spans: [
    {
      ...{ name: 'build', kind: 1, spanId: 'fb6779d8c7b7c66c', parentSpanId: '3b54c768f3ef27e1' },
      ...{ start: 1746195355, end: 1746195355, status: { message: 'skipped' } },
    },
    {
      ...{ name: 'queue-build', kind: 1, spanId: '5ce15e491b4b01da', parentSpanId: 'fb6779d8c7b7c66c' },
      ...{ start: 1746195355, end: 1746195355, status: {} },
      attributes: { 'cicd.pipeline.run.queue.duration': { double: 0 } },
    },
  ],
};
