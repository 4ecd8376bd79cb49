import { foldedLabels } from '../domain/label-patterns.ts';
import { jobLabel, labelValues, MAX_LABEL_LENGTH, runsOnLabel } from '../domain/label-value.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { JobFilters, ListQuery } from '../domain/list-query.ts';
import { withoutIds } from '../domain/own-ids.ts';

/*
 * The filters of a list of jobs. SQL filters by columns. Labels of metrics are made from names by the
 * rules of the domain, so those are compared here; SQL only leaves out what can't have them.
 */

/** A condition for WHERE, with the values that it names. */
export interface Conditions {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What a row must have to be compared with labels. */
export type NamedRow = Pick<
  JobState,
  'jobId' | 'runId' | 'headSha' | 'name' | 'workflow' | 'runsOn' | 'runnerGroup'
>;

/** Answers a condition that holds where a job has that text, and the value of the parameter in it. */
type Condition = (text: string, parameter: string) => readonly [sql: string, value: string];

/** Labels as they are joined in metrics, in the brackets and quotes of the stored JSON. */
const JOINED = `replace(runs_on, '","', ',')`;

const CONDITIONS: Readonly<Record<keyof JobFilters, Condition>> = {
  // LIKE would take OWNER for owner, and nothing compares this one afterwards.
  repository: (text, parameter) =>
    text.endsWith('/*')
      ? [`substr(repository, 1, length(${parameter})) = ${parameter}`, text.slice(0, -1)]
      : [`repository = ${parameter}`, text],
  workflow: mayBe('workflow'),
  runnerGroup: mayBe(`COALESCE(runner_group, 'unknown')`),
  conclusion: is(`COALESCE(conclusion, 'unknown')`),
  branch: isOfRun('branch'),
  event: isOfRun('event'),
  label: (text, parameter) => [`runs_on LIKE ${parameter} ESCAPE '!'`, `%${escaped(JSON.stringify(text))}%`],
  // What is left out of labels begins there.
  jobName: (text, parameter) => begins('name', beginOf(text).split(/ [(/]/)[0] ?? '', parameter),
  runsOn: (text, parameter) =>
    text === 'none'
      ? [`runs_on IN ('[]', ${parameter})`, '["none"]']
      : begins(JOINED, `["${JSON.stringify(beginOf(text)).slice(1, -1)}`, parameter),
};

export function sqlFilters(query: JobFilters): Conditions {
  const values: Record<string, string> = {};
  const parts = Object.entries(CONDITIONS).flatMap(([filter, condition]) => {
    const each = query[filter as keyof JobFilters].map((text, index) => {
      const [sql, value] = condition(text, `:${filter}${index}`);
      values[`${filter}${index}`] = value;
      return sql;
    });
    return each.length === 0 ? [] : [`(${anyOf(each)})`];
  });
  return { sql: parts.join(' AND ') || 'TRUE', values };
}

/** A team may have thousands of repositories, and databases take no such long chain of OR. */
function anyOf(conditions: readonly string[]): string {
  const same = conditions.map((each) => /^(\w+) = (:\w+)$/.exec(each));
  const [column] = same[0]?.slice(1) ?? [];
  return same.every((each) => each !== null && each[1] === column)
    ? `${column} IN (${same.map((each) => each?.[2]).join(', ')})`
    : conditions.join(' OR ');
}

/** The label of metrics that a filter is about, and its value for a row before the site's own patterns. */
const LABELS: Readonly<Record<LabelFilter, readonly [label: string, labelOf: (row: NamedRow) => string]>> = {
  runsOn: ['runs_on', runsOnLabel],
  jobName: ['job_name', jobLabel],
  workflow: ['workflow', ({ workflow }) => workflow],
  runnerGroup: ['runner_group', (row) => withoutIds(row.runnerGroup ?? 'unknown', row)],
};
type LabelFilter = 'runsOn' | 'jobName' | 'workflow' | 'runnerGroup';

/** Whether the labels of a row fit; null where all do. */
export function labelFilter(
  query: JobFilters & Pick<ListQuery, 'labelPatterns'>,
): ((row: NamedRow) => boolean) | null {
  const { label, labelPatterns } = query;
  const asked = (Object.keys(LABELS) as LabelFilter[]).filter((filter) => query[filter].length > 0);
  if (asked.length + label.length === 0) return null;
  const fits = (filter: LabelFilter, row: NamedRow) => {
    const [name, labelOf] = LABELS[filter];
    const own = labelValues([labelOf(row)]);
    return [...own, ...foldedLabels(labelPatterns, [name], own)].some((each) => query[filter].includes(each));
  };
  return (row) =>
    (label.length === 0 || row.runsOn.some((each) => label.includes(each))) &&
    asked.every((filter) => fits(filter, row));
}

function is(column: string): Condition {
  return (text, parameter) => [`${column} = ${parameter}`, text];
}

/** A label may be shorter than what the column has, or have `*` in place of what was made for one run. */
function mayBe(column: string): Condition {
  return (text, parameter) => {
    const begin = beginOf(text);
    return begin === text ? is(column)(text, parameter) : begins(column, begin, parameter);
  };
}

/** What every name begins with whose label is that text. A cut may have gone through its last character. */
function beginOf(text: string): string {
  const [begin = ''] = text.slice(0, MAX_LABEL_LENGTH - 1).split('*');
  return begin.replace(HALF_CHARACTER, '');
}

const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

function isOfRun(column: string): Condition {
  return (text, parameter) => [
    `EXISTS (SELECT 1 FROM runs WHERE runs.run_id = jobs.run_id AND runs.run_attempt = jobs.run_attempt
      AND runs.${column} = ${parameter})`,
    text,
  ];
}

function begins(column: string, text: string, parameter: string): ReturnType<Condition> {
  return [`${column} LIKE ${parameter} ESCAPE '!'`, `${escaped(text)}%`];
}

/** Without the wildcards of LIKE. */
function escaped(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}
