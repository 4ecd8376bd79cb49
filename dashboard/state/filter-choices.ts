import type { Facets } from '../../src/domain/openapi-types.ts';
import { FILTERS, type FilterName } from './address.ts';

/* What the filter field offers for a text. Pure: no browser. */

export interface Choice {
  readonly name: FilterName;
  readonly value: string;
  /** Beside it, such as a number of runs; null: none. */
  readonly count: number | null;
}

/** As people call them. */
export const FILTER_WORDS: Readonly<Record<FilterName, string>> = {
  repository: 'Repository',
  repository_label: 'Repository label',
  workflow: 'Workflow',
  job_name: 'Job',
  runs_on: 'Runs on',
  label: 'Label',
  runner_group: 'Runner group',
  branch: 'Branch',
  event: 'Event',
  conclusion: 'Conclusion',
  sku: 'Billed as',
};

const FROM_FACETS = {
  repository: 'repositories',
  workflow: 'workflows',
  job_name: 'job_names',
  runs_on: 'runs_on',
  label: 'labels',
  runner_group: 'runner_groups',
  branch: 'branches',
  event: 'events',
} as const;

const CONCLUSIONS = ['success', 'failure', 'cancelled', 'timed_out', 'skipped', 'startup_failure'];

const SHOWN_OF_EACH = 6;
const SHOWN_OF_ONE = 50;

/** `label:gpu` is `gpu` among labels only. */
export function readFilterText(text: string): { readonly only: FilterName | null; readonly query: string } {
  const [, prefix = '', rest = ''] = /^\s*([a-z_ ]+):\s*(.*)$/i.exec(text) ?? [];
  const word = prefix.trim().toLowerCase();
  const only = FILTERS.find((name) => name === word || FILTER_WORDS[name].toLowerCase() === word) ?? null;
  return only === null ? { only, query: text.trim() } : { only, query: rest.trim() };
}

export interface ChoiceRules {
  /** The filters that the view takes. */
  readonly taken: readonly FilterName[];
  readonly isChosen: (choice: Choice) => boolean;
}

/**
 * The choices for what is typed, by filter in their usual order. The service has found `facets` for the same
 * text; null: nothing yet. Where nothing is known by that name, the text itself may be chosen, as `acme/*`.
 */
export function choicesFor(text: string, facets: Facets | null, { taken, isChosen }: ChoiceRules): Choice[] {
  const { only, query } = readFilterText(text);
  const names = taken.filter((name) => only === null || name === only);
  const limit = only === null ? SHOWN_OF_EACH : SHOWN_OF_ONE;
  const found = names.flatMap((name) =>
    offered(name, query, facets)
      .filter((choice) => !isChosen(choice))
      .slice(0, limit),
  );
  if (query === '' || found.some(({ value }) => value === query)) return found;
  const asTyped = only ?? (query.includes('/') ? 'repository' : null);
  if (asTyped === null || !taken.includes(asTyped)) return found;
  return [...found, { name: asTyped, value: query, count: null }];
}

/** Only if `metrics.repository_labels` is set. */
function offeredLabels(facets: Facets | null): Choice[] {
  return (facets?.repository_labels ?? []).flatMap(({ label, values }) =>
    values.map(
      ({ name: value, runs }): Choice => ({
        name: 'repository_label',
        value: `${label}=${value}`,
        count: runs,
      }),
    ),
  );
}

function offered(name: FilterName, query: string, facets: Facets | null): Choice[] {
  // A row of Cost leads to it.
  if (name === 'sku') return [];
  if (name === 'repository_label') return offeredLabels(facets);
  if (name !== 'conclusion') {
    const known = facets?.[FROM_FACETS[name]] ?? [];
    return known.map((facet) => ({ name, value: facet.name, count: facet.runs }));
  }
  return CONCLUSIONS.filter((value) => value.includes(query.toLowerCase())).map((value) => ({
    name,
    value,
    count: null,
  }));
}
