import { FILTERS, type FilterName } from './address.ts';

/* What the filter field offers for a text. Pure: no browser. */

export interface Choice {
  readonly name: FilterName;
  readonly value: string;
  /** Beside it, such as a number of runs; null: none. */
  readonly count: number | null;
}

interface Facet {
  readonly name: string;
  readonly runs?: number;
}

/** The answer of `/api/v1/facets`. */
export type Facets = Readonly<
  Partial<Record<'repositories' | 'workflows' | 'jobs' | 'labels' | 'groups', readonly Facet[]>>
>;

/** As people call them. */
export const FILTER_WORDS: Readonly<Record<FilterName, string>> = {
  repository: 'Repository',
  workflow: 'Workflow',
  job_name: 'Job',
  runs_on: 'Runs on',
  label: 'Label',
  runner_group: 'Runner group',
  branch: 'Branch',
  event: 'Event',
  conclusion: 'Conclusion',
};

const FROM_FACETS = {
  repository: 'repositories',
  workflow: 'workflows',
  job_name: 'jobs',
  label: 'labels',
  runner_group: 'groups',
} as const;

/** What GitHub has few of, and the service knows without looking. */
const FIXED = {
  branch: ['default', 'pull_request', 'other'],
  event: ['push', 'pull_request', 'schedule', 'workflow_dispatch', 'merge_group', 'release'],
  conclusion: ['success', 'failure', 'cancelled', 'timed_out', 'skipped', 'startup_failure'],
} as const;

const SHOWN_OF_EACH = 6;
const SHOWN_OF_ONE = 50;

/** `label:gpu` is `gpu` among labels only. */
export function readFilterText(text: string): { readonly only: FilterName | null; readonly query: string } {
  const [, prefix = '', rest = ''] = /^\s*([a-z_ ]+):\s*(.*)$/i.exec(text) ?? [];
  const word = prefix.trim().toLowerCase();
  const only = FILTERS.find((name) => name === word || FILTER_WORDS[name].toLowerCase() === word) ?? null;
  return only === null ? { only, query: text.trim() } : { only, query: rest.trim() };
}

/**
 * The choices for what is typed, by filter in their usual order. The service has found `facets` for the same
 * text. Where nothing is known by that name, the text itself may be chosen, as `acme/*`.
 */
export function choicesFor(text: string, facets: Facets, isChosen: (choice: Choice) => boolean): Choice[] {
  const { only, query } = readFilterText(text);
  const names = only === null ? FILTERS : [only];
  const limit = only === null ? SHOWN_OF_EACH : SHOWN_OF_ONE;
  const found = names.flatMap((name) =>
    offered(name, query, facets)
      .filter((choice) => !isChosen(choice))
      .slice(0, limit),
  );
  if (query === '' || found.some(({ value }) => value === query)) return found;
  const asTyped = only ?? (query.includes('/') ? 'repository' : null);
  return asTyped === null ? found : [...found, { name: asTyped, value: query, count: null }];
}

function offered(name: FilterName, query: string, facets: Facets): Choice[] {
  if (name in FROM_FACETS) {
    const known = facets[FROM_FACETS[name as keyof typeof FROM_FACETS]] ?? [];
    return known.map((facet) => ({ name, value: facet.name, count: facet.runs ?? null }));
  }
  const values: readonly string[] = name in FIXED ? FIXED[name as keyof typeof FIXED] : [];
  return values
    .filter((value) => value.includes(query.toLowerCase()))
    .map((value) => ({ name, value, count: null }));
}
