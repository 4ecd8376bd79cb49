import type { ComponentType } from 'preact';
import { View as Deployments } from './deployments.tsx';
import { View as Failures } from './failures.tsx';
import { View as Jobs } from './jobs.tsx';
import { View as Runs } from './runs.tsx';
import { View as Workflows } from './workflows.tsx';

export type List = 'workflows' | 'jobs' | 'failures' | 'deployments' | 'runs';

/**
 * The views that list what has happened. A browser loads them together: they share most of their parts, which take
 * more bytes as files of their own.
 */
export const LISTS: Readonly<Record<List, ComponentType>> = {
  workflows: Workflows,
  jobs: Jobs,
  failures: Failures,
  deployments: Deployments,
  runs: Runs,
};
