import type { ComponentType } from 'preact';
import type { Operation } from '../answers/answers.ts';
import type { List } from './lists.ts';

/** One view. Its file is loaded when it is first opened. */
export interface ViewEntry {
  readonly name: string;
  /** `/runs/:id` is any run. */
  readonly path: string;
  /** Opens it after `g`; null: it is reached from other views. */
  readonly key: string | null;
  /** In the rail. */
  readonly short: string;
  readonly title: string;
  /** What the view answers, in one sentence. */
  readonly question: string;
  /** What it mainly asks the read API: the window and filters that this takes are offered. */
  readonly operation: Operation;
  /** The same, by the view's tab where it has such. */
  readonly tabs?: Readonly<Record<string, Operation>>;
  readonly load: () => Promise<{ readonly View: ComponentType }>;
}

const list = (name: List) => async () => ({ View: (await import('./lists.ts')).LISTS[name] });

/** All views, in the order of the rail. */
export const VIEWS: readonly ViewEntry[] = [
  {
    ...{ name: 'now', path: '/', key: 'n', short: 'Now', title: 'Now' },
    question: 'What waits and runs, and what hurts?',
    operation: 'now',
    load: () => import('./now.tsx'),
  },
  {
    ...{ name: 'queues', path: '/queues', key: 'q', short: 'Queues', title: 'Queues' },
    question: 'How long does each kind of runner keep us waiting?',
    operation: 'queues',
    load: () => import('./queues.tsx'),
  },
  {
    ...{ name: 'capacity', path: '/capacity', key: 'p', short: 'Capacity', title: 'Capacity' },
    question: 'How many runners would be enough, and what would they cost?',
    operation: 'capacity',
    load: () => import('./capacity.tsx'),
  },
  {
    ...{ name: 'workflows', path: '/workflows', key: 'w', short: 'Workflows', title: 'Workflows' },
    question: 'Which workflows are slow, red, expensive or getting worse?',
    operation: 'workflows',
    load: list('workflows'),
  },
  {
    ...{ name: 'jobs', path: '/jobs', key: 'j', short: 'Jobs', title: 'Jobs & flaky' },
    question: 'Which jobs cost the most time, and which fail without a reason?',
    operation: 'jobsSummary',
    tabs: { single: 'jobs', failed: 'failureJobs' },
    load: list('jobs'),
  },
  {
    ...{ name: 'failures', path: '/failures', key: 'f', short: 'Failures', title: 'Failures' },
    question: 'What fails, since when, and why?',
    operation: 'failures',
    load: list('failures'),
  },
  {
    ...{ name: 'deployments', path: '/deployments', key: 'd', short: 'Deploys', title: 'Deployments' },
    question: 'What was deployed where, how long did it take, and how often did it fail?',
    operation: 'deploymentsSummary',
    load: list('deployments'),
  },
  {
    ...{ name: 'cost', path: '/cost', key: 'c', short: 'Cost', title: 'Cost' },
    question: 'Where does the money go?',
    operation: 'cost',
    load: () => import('./cost.tsx'),
  },
  {
    ...{ name: 'runners', path: '/runners', key: 'r', short: 'Runners', title: 'Runners' },
    question: 'Do we have enough runners, and are they busy?',
    operation: 'runners',
    load: () => import('./runners.tsx'),
  },
  {
    ...{ name: 'health', path: '/health-page', key: 'h', short: 'Health', title: 'Health' },
    question: 'Can I trust these numbers now?',
    operation: 'status',
    load: () => import('./health.tsx'),
  },
  {
    ...{ name: 'runs', path: '/runs', key: null, short: 'Runs', title: 'Runs' },
    question: 'Which runs are behind these numbers?',
    operation: 'runs',
    load: list('runs'),
  },
  {
    ...{ name: 'run', path: '/runs/:id', key: null, short: 'Run', title: 'Run' },
    question: 'Where did this run spend its time?',
    operation: 'run',
    load: () => import('./run.tsx'),
  },
];

/** The view at a path; undefined: there is none. */
export function findView(path: string): ViewEntry | undefined {
  return VIEWS.find((view) => (view.path.includes(':') ? /^\/runs\/[^/]+$/.test(path) : view.path === path));
}
