import type { CustomProperties, JobPlan, Trigger, WorkflowPlan } from './model.ts';

/*
 * What the simulated teams have in their repositories: enough variety that every quirk of GitHub's webhooks
 * comes up within a few hundred runs.
 */

const UBUNTU = ['ubuntu-latest'];
const LINUX_LARGE = ['self-hosted', 'linux', 'x64', 'large'];
const K8S = ['k8s-runners'];
/** `runs-on: {group: GPU machines}`: no labels are requested. */
const GROUP_ONLY: readonly string[] = [];
/** A runner that is started for one run, with the run's id in its label. */
const PER_RUN = ['codebuild-deploy-{run_id}-1'];
/** A larger runner: its owner chose the label, GitHub made it look like one of its own. */
const LARGER = ['ubuntu-latest-8-cores'];

const ON_CHANGE: readonly Trigger[] = [
  { event: 'push', weight: 3, branch: 'default' },
  { event: 'push', weight: 3, branch: 'topic' },
  { event: 'pull_request', weight: 6, branch: 'topic' },
  { event: 'merge_group', weight: 1, branch: 'topic' },
];
const ON_MERGE: readonly Trigger[] = [{ event: 'push', weight: 1, branch: 'default' }];
const BY_HAND: readonly Trigger[] = [{ event: 'workflow_dispatch', weight: 1, branch: 'default' }];
const BY_CLOCK: readonly Trigger[] = [{ event: 'schedule', weight: 1, branch: 'default' }];

const NODE_STEPS = ['actions/checkout@v5', 'actions/setup-node@v5', 'npm ci'];
const TEST_STEPS = [...NODE_STEPS, 'npm test -- --reporter=junit'];

function job(name: string, labels: readonly string[], rest: Partial<JobPlan> = {}): JobPlan {
  return { name, labels, steps: TEST_STEPS, medianSeconds: 150, failures: 0.05, ...rest };
}

function cells(axes: readonly string[][]): string[] {
  return axes.reduce<string[]>(
    (all, axis) => all.flatMap((cell) => axis.map((each) => (cell === '' ? each : `${cell}, ${each}`))),
    [''],
  );
}

const NODE_MATRIX = cells([
  ['20', '22', '24'],
  ['ubuntu-latest', 'windows-latest', 'macos-15'],
]).map((cell) => ({ cell, labels: [cell.slice(4)] }));

const SHARDS = cells([['1', '2', '3', '4', '5', '6', '7', '8']]).map((shard) => ({ cell: `${shard}, 8` }));

const CI: WorkflowPlan = {
  name: 'CI',
  file: 'ci.yml',
  weight: 8,
  triggers: ON_CHANGE,
  reports: 'Test report',
  jobs: [
    job('lint', UBUNTU, { medianSeconds: 40, failures: 0.04, steps: [...NODE_STEPS, 'npm run lint'] }),
    job('test', UBUNTU, { matrix: NODE_MATRIX, failures: 0.02 }),
    job('coverage', UBUNTU, { needs: ['test'], medianSeconds: 25, onlyOn: ['pull_request'] }),
    job('notify', UBUNTU, { needs: ['lint', 'test'], always: true, medianSeconds: 4, failures: 0 }),
  ],
};

const RELEASE: WorkflowPlan = {
  name: 'Release',
  file: 'release.yml',
  weight: 2,
  triggers: [...ON_MERGE, { event: 'release', weight: 1, branch: 'none' }],
  uses: '.github/workflows/publish.yml@main',
  jobs: [
    job('build', LINUX_LARGE, { medianSeconds: 300 }),
    job('publish (npm, 3.4.0) / push', UBUNTU, { needs: ['build'], medianSeconds: 50 }),
    job('publish / image / push', K8S, {
      needs: ['build'],
      medianSeconds: 120,
      matrix: [{ cell: 'amd64' }, { cell: 'arm64', labels: ['ubuntu-24.04-arm'] }],
    }),
  ],
};

const DEPLOY: WorkflowPlan = {
  name: 'Deploy to "production" \\ staging',
  file: 'deploy.yaml',
  weight: 3,
  triggers: [...ON_MERGE, ...BY_HAND],
  jobs: [
    job('plan', PER_RUN, {
      medianSeconds: 35,
      steps: ['actions/checkout@v5', 'terraform plan -out=plan.bin'],
    }),
    job('staging', K8S, { needs: ['plan'], environment: 'staging', medianSeconds: 90 }),
    job('smoke test', UBUNTU, { needs: ['staging'], medianSeconds: 30, failures: 0.1 }),
    job('production', ['self-hosted', 'deploy'], {
      needs: ['smoke test'],
      environment: 'production',
      medianSeconds: 90,
    }),
  ],
};

const NIGHTLY: WorkflowPlan = {
  name: null,
  file: 'nightly.yml',
  weight: 1,
  triggers: [...BY_CLOCK, ...BY_HAND],
  jobs: [
    job('load', LARGER, { medianSeconds: 400, failures: 0.03 }),
    job('soak', GROUP_ONLY, { medianSeconds: 1500, failures: 0.1 }),
    job('end-to-end', LINUX_LARGE, { matrix: SHARDS, medianSeconds: 420, failures: 0.04 }),
    job('report', UBUNTU, {
      needs: ['load', 'soak', 'end-to-end'],
      always: true,
      medianSeconds: 15,
      failures: 0,
    }),
  ],
};

/** So long that GitHub cuts the name. */
const LONG_CELL =
  'javascript-typescript, security-extended, packages/shop packages/admin packages/checkout packages/shared';

const CODEQL: WorkflowPlan = {
  name: 'CodeQL',
  file: 'codeql.yml',
  weight: 2,
  triggers: [...ON_MERGE, ...BY_CLOCK, { event: 'pull_request', weight: 2, branch: 'topic' }],
  jobs: [
    job('Analyze', UBUNTU, {
      matrix: [{ cell: LONG_CELL }, { cell: 'go' }, { cell: 'actions' }],
      medianSeconds: 200,
      steps: ['actions/checkout@v5', 'github/codeql-action/init@v4', 'github/codeql-action/analyze@v4'],
    }),
  ],
};

const TRIAGE: WorkflowPlan = {
  name: 'Triage',
  file: 'triage.yml',
  weight: 2,
  triggers: [
    { event: 'issue_comment', weight: 2, branch: 'default' },
    { event: 'pull_request_target', weight: 1, branch: 'topic' },
  ],
  jobs: [
    job('label', ['ubuntu-slim'], {
      onlyOn: ['pull_request_target'],
      medianSeconds: 3,
      failures: 0.01,
      steps: ['actions/labeler@v6'],
    }),
  ],
};

/** It has the same name as another file. */
const CI_OF_DOCUMENTS: WorkflowPlan = {
  name: 'CI',
  file: 'documents.yml',
  weight: 2,
  triggers: ON_MERGE,
  jobs: [job('spelling', UBUNTU, { medianSeconds: 20, failures: 0.3 })],
};

/** GitHub's own: no file in the repository. */
const DEPENDABOT: WorkflowPlan = {
  name: 'Dependabot Updates',
  file: 'dynamic/dependabot/dependabot-updates',
  title: (runNumber) => `npm_and_yarn in /. - Update #${1_544_086_000 + runNumber}`,
  weight: 2,
  triggers: [{ event: 'dynamic', weight: 1, branch: 'default' }],
  jobs: [job('Dependabot', UBUNTU, { medianSeconds: 60, steps: ['Run Dependabot'] })],
};

/** A repository of the cast, before it has ids. */
export interface RepositoryPlan {
  readonly name: string;
  /** Owned by a person; otherwise by the organization. */
  readonly personal?: boolean;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly description: string;
  readonly language: string;
  readonly weight: number;
  readonly workflows: readonly WorkflowPlan[];
  /** Default: some, by its place. */
  readonly properties?: CustomProperties;
}

export const REPOSITORY_PLANS: readonly RepositoryPlan[] = [
  {
    name: 'web-shop',
    private: false,
    defaultBranch: 'main',
    description: 'The shop, front to back – “one repository to sell it all”',
    language: 'TypeScript',
    weight: 5,
    workflows: [CI, RELEASE, DEPLOY, CODEQL, TRIAGE],
  },
  {
    name: 'payments',
    private: true,
    defaultBranch: 'main',
    description: 'Takes the money and writes it down twice',
    language: 'Go',
    weight: 3,
    workflows: [CI, RELEASE, DEPLOY, NIGHTLY, TRIAGE],
  },
  {
    name: 'mobile-app',
    private: false,
    defaultBranch: 'develop',
    description: 'iOS and Android application',
    language: 'Kotlin',
    weight: 2,
    workflows: [CI, RELEASE, NIGHTLY, TRIAGE],
  },
  {
    name: 'infrastructure',
    private: true,
    defaultBranch: 'main',
    description: 'Everything that runs, as code',
    language: 'HCL',
    weight: 1,
    workflows: [DEPLOY, NIGHTLY],
  },
  {
    name: 'design-system',
    private: false,
    defaultBranch: 'master',
    description: 'Buttons, mostly',
    language: 'CSS',
    weight: 2,
    workflows: [CI, RELEASE, CODEQL],
  },
  {
    name: 'log-reader',
    personal: true,
    private: false,
    defaultBranch: 'main',
    description: 'Reads logs so that nobody else must',
    language: 'Rust',
    weight: 1,
    workflows: [CI, TRIAGE, CI_OF_DOCUMENTS, DEPENDABOT],
  },
];
