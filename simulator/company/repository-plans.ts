import type { WorkflowPlan } from '../model.ts';
import type { RepositoryPlan } from '../plans.ts';
import { companyProperties } from './company-properties.ts';
import {
  ARM,
  AT_NIGHT,
  BUILD,
  BY_HAND,
  cells,
  GO,
  GPU,
  IMAGE,
  JAVA,
  job,
  LARGER,
  MAC,
  NODE,
  ON_MERGE,
  ON_PULL_REQUEST,
  PODS,
  PYTHON,
  RUST,
  rollOut,
  TERRAFORM,
  UBUNTU,
} from './job-plans.ts';

/*
 * What the teams of the company have in their repositories.
 */

const ON_CHANGE = [ON_PULL_REQUEST, ON_MERGE];

function workflow(
  name: string,
  file: string,
  triggers: WorkflowPlan['triggers'],
  jobs: WorkflowPlan['jobs'],
): WorkflowPlan {
  return { name, file, weight: 1, triggers, jobs };
}

const CODEQL = workflow(
  'CodeQL',
  'codeql.yml',
  [AT_NIGHT, ON_MERGE],
  [
    job(
      'analyze',
      UBUNTU,
      260,
      ['actions/checkout@v5', 'github/codeql-action/init@v4', 'github/codeql-action/analyze@v4'],
      {
        matrix: cells('javascript-typescript', 'actions'),
      },
    ),
  ],
);

const DEPLOY = workflow('Deploy', 'deploy.yml', [ON_MERGE, BY_HAND], rollOut());

/** Fails now and then for no reason in the change, and passes when it is run again. */
const STOREFRONT: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('lint', UBUNTU, 55, [...NODE, 'npm run lint', 'npm run typecheck'], { failures: 0.03 }),
    job('unit tests', UBUNTU, 140, [...NODE, 'npm test -- --coverage', 'codecov/codecov-action@v6'], {
      matrix: cells('22', '24'),
      failures: 0.025,
    }),
    job('build', UBUNTU, 120, [...NODE, 'npm run build'], { failures: 0.01 }),
  ]),
  workflow('End-to-end', 'e2e.yml', ON_CHANGE, [
    job('browser tests', PODS, 330, [...NODE, 'npx playwright install --with-deps', 'npx playwright test'], {
      matrix: cells('chromium, 1/3', 'chromium, 2/3', 'chromium, 3/3', 'firefox'),
    }),
    job(
      'checkout flow',
      PODS,
      210,
      [...NODE, 'npx playwright install --with-deps', 'npx playwright test checkout'],
      {
        flakes: 0.16,
      },
    ),
  ]),
  DEPLOY,
  CODEQL,
];

const CHECKOUT_API: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('lint', UBUNTU, 60, [...GO, 'golangci/golangci-lint-action@v9'], { failures: 0.03 }),
    job('test', BUILD, 170, [...GO, 'go test -race ./...'], { failures: 0.025 }),
    job('integration tests', BUILD, 260, [...GO, 'docker compose up --wait', 'go test ./integration/...'], {
      needs: ['lint'],
      failures: 0.02,
      flakes: 0.03,
    }),
  ]),
  DEPLOY,
];

/** Its default branch is broken: see `incidents.ts`. */
const PAYMENTS: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('build', BUILD, 150, [...JAVA, './gradlew assemble'], { failures: 0.015 }),
    job('unit tests', BUILD, 190, [...JAVA, './gradlew test'], { needs: ['build'] }),
    job(
      'integration tests',
      BUILD,
      310,
      [...JAVA, 'Start PostgreSQL and Kafka', 'Apply database migrations', './gradlew integrationTest'],
      { needs: ['build'] },
    ),
  ]),
  workflow('Deploy', 'deploy.yml', [BY_HAND], rollOut()),
];

const MOBILE_APP: readonly WorkflowPlan[] = [
  workflow('Build', 'build.yml', ON_CHANGE, [
    job('android', BUILD, 420, [...JAVA, './gradlew bundleRelease']),
    job('ios', MAC, 640, ['actions/checkout@v5', 'bundle exec fastlane build'], { failures: 0.025 }),
    job('ui tests', MAC, 480, ['actions/checkout@v5', 'bundle exec fastlane ui_tests'], {
      needs: ['ios'],
      matrix: cells('iPhone 17', 'iPad Air'),
      flakes: 0.05,
    }),
  ]),
  workflow(
    'Nightly',
    'nightly.yml',
    [AT_NIGHT],
    [job('beta', MAC, 900, ['actions/checkout@v5', 'bundle exec fastlane beta'])],
  ),
];

/** Its runners are too few for what the team trains. */
const RECOMMENDATIONS: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('lint', UBUNTU, 40, [...PYTHON, 'uv run ruff check'], { failures: 0.03 }),
    job('test', UBUNTU, 160, [...PYTHON, 'uv run pytest -n auto'], { failures: 0.03 }),
  ]),
  workflow(
    'Train and evaluate',
    'train.yml',
    [ON_PULL_REQUEST, ON_MERGE, AT_NIGHT],
    [
      job('train', GPU, 640, [...PYTHON, 'Fetch the training set', 'uv run python -m model.train'], {
        failures: 0.04,
      }),
      job('evaluate', GPU, 230, [...PYTHON, 'uv run python -m model.evaluate'], {
        needs: ['train'],
        matrix: cells('fashion', 'electronics'),
      }),
      job('report', UBUNTU, 25, [...PYTHON, 'Comment the results'], { needs: ['evaluate'], always: true }),
    ],
  ),
];

const SEARCH: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('clippy', UBUNTU, 95, [...RUST, 'cargo clippy --all-targets'], { failures: 0.03 }),
    job('test', UBUNTU, 230, [...RUST, 'cargo test --workspace'], {
      matrix: [
        { cell: 'ubuntu-latest', labels: UBUNTU },
        { cell: 'windows-latest', labels: ['windows-latest'] },
        { cell: 'ubuntu-24.04-arm', labels: ['ubuntu-24.04-arm'] },
      ],
    }),
    job('benchmark', LARGER, 340, [...RUST, 'cargo bench'], { needs: ['clippy'] }),
  ]),
  DEPLOY,
];

/** One step takes most of its time. */
const DATA_PLATFORM: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('lint', UBUNTU, 45, [...PYTHON, 'uv run sqlfluff lint'], { failures: 0.03 }),
    job('unit tests', UBUNTU, 120, [...PYTHON, 'uv run pytest']),
  ]),
  workflow(
    'Warehouse tests',
    'warehouse.yml',
    [...ON_CHANGE, AT_NIGHT],
    [
      job(
        'build and test models',
        BUILD,
        2050,
        [...PYTHON, 'Restore the sample warehouse', 'dbt build', 'dbt test'],
        {
          slowSteps: { 'dbt build': 14 },
          failures: 0.05,
        },
      ),
    ],
  ),
];

const IDENTITY: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('build', BUILD, 130, [...JAVA, './gradlew assemble']),
    job('test', BUILD, 240, [...JAVA, './gradlew check'], { needs: ['build'], failures: 0.03 }),
  ]),
  DEPLOY,
];

const INFRASTRUCTURE: readonly WorkflowPlan[] = [
  workflow(
    'Plan',
    'plan.yml',
    [ON_PULL_REQUEST],
    [
      job('plan', PODS, 85, [...TERRAFORM, 'terraform plan'], {
        matrix: cells('eu-west', 'us-east'),
        failures: 0.04,
      }),
    ],
  ),
  workflow(
    'Apply',
    'apply.yml',
    [ON_MERGE],
    [
      job('apply', PODS, 190, [...TERRAFORM, 'terraform apply -auto-approve'], {
        environment: 'production',
        failures: 0.03,
      }),
    ],
  ),
];

const DESIGN_SYSTEM: readonly WorkflowPlan[] = [
  workflow('CI', 'ci.yml', ON_CHANGE, [
    job('lint', UBUNTU, 45, [...NODE, 'npm run lint'], { failures: 0.02 }),
    job('visual regression', PODS, 200, [...NODE, 'npx playwright test --grep @visual'], { flakes: 0.06 }),
  ]),
  workflow(
    'Release',
    'release.yml',
    [BY_HAND],
    [job('publish', UBUNTU, 90, [...NODE, 'npx changeset publish'])],
  ),
  CODEQL,
];

const PLATFORM_IMAGES: readonly WorkflowPlan[] = [
  workflow(
    'Images',
    'images.yml',
    [...ON_CHANGE, AT_NIGHT],
    [
      job('amd64', BUILD, 260, IMAGE, { matrix: cells('base', 'node', 'jvm') }),
      job('arm64', ARM, 330, IMAGE, { matrix: cells('base', 'node', 'jvm') }),
      job('manifest', UBUNTU, 30, ['docker/login-action@v4', 'docker buildx imagetools create'], {
        needs: ['amd64', 'arm64'],
      }),
    ],
  ),
];

const HANDBOOK: readonly WorkflowPlan[] = [
  workflow('Docs', 'docs.yml', ON_CHANGE, [
    job('build', UBUNTU, 70, [...NODE, 'npm run build']),
    job('links', UBUNTU, 40, ['actions/checkout@v5', 'lycheeverse/lychee-action@v2'], { flakes: 0.05 }),
  ]),
];

function repository(
  [name, language, weight, description, team]: readonly [string, string, number, string, string | null],
  workflows: readonly WorkflowPlan[],
  isPrivate = true,
): RepositoryPlan {
  const properties = companyProperties(team, language, weight);
  return {
    name,
    language,
    weight,
    description,
    workflows,
    properties,
    private: isPrivate,
    defaultBranch: 'main',
  };
}

export const COMPANY_REPOSITORIES: readonly RepositoryPlan[] = [
  repository(['storefront', 'TypeScript', 6, 'The web shop', 'shop'], STOREFRONT),
  repository(['checkout-api', 'Go', 5, 'Carts, orders, shipping', 'shop'], CHECKOUT_API),
  repository(['payments', 'Kotlin', 3, 'Takes the money', 'payments'], PAYMENTS),
  repository(['mobile-app', 'Swift', 2, 'iOS and Android', 'shop'], MOBILE_APP),
  repository(['recommendations', 'Python', 2, 'What else you may like', 'discovery'], RECOMMENDATIONS),
  repository(['search', 'Rust', 3, 'Index and ranking', 'discovery'], SEARCH),
  repository(['data-platform', 'Python', 1.5, 'Warehouse models', 'data'], DATA_PLATFORM),
  repository(['identity', 'Java', 3, 'Accounts and sessions', 'payments'], IDENTITY),
  repository(['infrastructure', 'HCL', 2, 'Everything that runs, as code', 'platform'], INFRASTRUCTURE),
  repository(['design-system', 'TypeScript', 2, 'Components and tokens', 'shop'], DESIGN_SYSTEM, false),
  repository(['platform-images', 'Dockerfile', 1, 'Base images', 'platform'], PLATFORM_IMAGES),
  repository(['handbook', 'MDX', 1.5, 'How we work', null], HANDBOOK, false),
];
