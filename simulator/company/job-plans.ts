import type { JobPlan, Trigger } from '../model.ts';

/*
 * What the workflows of the company are made of.
 */

export const UBUNTU = ['ubuntu-latest'];
export const LARGER = ['ubuntu-latest-8-cores'];
export const MAC = ['macos-15'];
export const BUILD = ['self-hosted', 'linux', 'x64'];
export const ARM = ['self-hosted', 'linux', 'arm64'];
export const GPU = ['self-hosted', 'gpu'];
/** Pods of a scale set. */
export const PODS = ['k8s-medium'];

export const ON_PULL_REQUEST: Trigger = { event: 'pull_request', weight: 1, branch: 'topic' };
export const ON_MERGE: Trigger = { event: 'push', weight: 1, branch: 'default' };
export const BY_HAND: Trigger = { event: 'workflow_dispatch', weight: 1, branch: 'default' };
export const AT_NIGHT: Trigger = { event: 'schedule', weight: 1, branch: 'default' };

const CHECKOUT = 'actions/checkout@v5';
export const NODE = [CHECKOUT, 'actions/setup-node@v6', 'npm ci'];
export const PYTHON = [CHECKOUT, 'astral-sh/setup-uv@v7', 'uv sync --frozen'];
export const GO = [CHECKOUT, 'actions/setup-go@v6'];
export const JAVA = [CHECKOUT, 'actions/setup-java@v5', 'gradle/actions/setup-gradle@v5'];
export const RUST = [CHECKOUT, 'dtolnay/rust-toolchain@stable', 'Swatinem/rust-cache@v2'];
export const IMAGE = [
  CHECKOUT,
  'docker/setup-buildx-action@v4',
  'docker/login-action@v4',
  'docker/build-push-action@v7',
];
export const TERRAFORM = [CHECKOUT, 'hashicorp/setup-terraform@v4', 'terraform init'];

/** One job; its steps are those given, and at least one of them does the work. */
export function job(
  name: string,
  labels: readonly string[],
  medianSeconds: number,
  steps: readonly string[],
  rest: Partial<JobPlan> = {},
): JobPlan {
  return { name, labels, medianSeconds, steps, failures: 0.015, ...rest };
}

export function cells(...names: readonly string[]): NonNullable<JobPlan['matrix']> {
  return names.map((cell) => ({ cell }));
}

/** What follows a merge: an image, staging, a smoke test, and production after an approval. */
export function rollOut(image: readonly string[] = PODS): readonly JobPlan[] {
  return [
    job('image', image, 130, IMAGE, { failures: 0.01 }),
    job('staging', UBUNTU, 75, [CHECKOUT, 'azure/setup-helm@v5', 'helm upgrade --install --wait'], {
      needs: ['image'],
    }),
    job('smoke test', UBUNTU, 50, [CHECKOUT, 'Smoke test staging'], { needs: ['staging'], failures: 0.03 }),
    job('production', UBUNTU, 95, [CHECKOUT, 'azure/setup-helm@v5', 'helm upgrade --install --wait'], {
      needs: ['smoke test'],
      environment: 'production',
      failures: 0.01,
    }),
  ];
}
