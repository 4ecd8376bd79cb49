import { extname, resolve } from 'node:path';
import type { Pair } from 'yaml';
import { parseBranchPattern } from '../domain/branch-pattern.ts';
import { cutText } from '../domain/cut-text.ts';
import { MAX_LABEL_LENGTH } from '../domain/label-value.ts';
import { labelNameProblem } from '../domain/repository-label-names.ts';
import type { LabelFile } from '../domain/repository-labels.ts';
import type { RepositoryLabelValue } from '../domain/repository-values.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblem } from './problem.ts';
import { readText } from './read-text.ts';
import { isNothing, keyOf, parseYaml } from './read-yaml.ts';
import { yaml } from './yaml.ts';

/*
 * The file of `metrics.repository_labels_file`: for each label its values, and for each value patterns of the
 * repositories that have it.
 *   team:
 *     payments: [acme/pay-*, acme/ledger]
 *     web: acme/*
 */

export const NO_LABEL_FILE: LabelFile = new Map();

const SETTING = 'metrics.repository_labels_file';
const FORM = 'write LABEL:, under it VALUE: [OWNER/NAME, OWNER/PREFIX-*]';
const NAME_FORM = 'use letters, digits and _, and no label of docs/metrics.md';
const MAX_BYTES = 4 * 2 ** 20;
/** `owner/name` with wildcards. */
const PATTERN = /^[^/\s]+\/[^\s]+$|^\*\*$/;

type Locate = (node: unknown) => string;

type ReadLabels =
  | { readonly labels: LabelFile }
  | { readonly problems: readonly ConfigProblem[]; readonly isMissing?: boolean };

/** Reads the file of that name, if there is one. Returns all that is wrong with it. */
export function readLabelFile(path: string, cwd: string, files: ConfigFiles): ReadLabels {
  if (path === '') return { labels: NO_LABEL_FILE };
  const read = readText(resolve(cwd, path), files);
  if ('failure' in read)
    return {
      ...refused(path, `cannot be read (${read.failure})`, 'check the path and the permissions of the file'),
      isMissing: read.failure === 'ENOENT',
    };
  if (read.text.length > MAX_BYTES) return refused(path, 'is larger than 4 MiB', 'use wider patterns');
  if (!['.json', '.yaml', '.yml'].includes(extname(path).toLowerCase()))
    return refused(path, 'is neither JSON nor YAML by its name', 'name it .json, .yaml or .yml');
  const parsed = parseYaml(read.text, path);
  if ('problems' in parsed) return { problems: parsed.problems.map(withSetting) };
  return labelsIn(parsed.root, parsed.locate);
}

function labelsIn(root: unknown, locate: Locate): ReadLabels {
  if (isNothing(root)) return { labels: NO_LABEL_FILE };
  if (!yaml().isMap(root)) return refused(locate(root), 'must hold labels with their values', FORM);
  const problems: ConfigProblem[] = [];
  const labels = new Map<string, readonly RepositoryLabelValue[]>();
  for (const pair of root.items) {
    const label = keyOf(pair);
    const problem = labelNameProblem(label);
    if (problem !== null) problems.push(problemAt(locate(pair.key), problem, NAME_FORM));
    const values = yaml().isMap(pair.value) ? pair.value.items.map((each) => readEntry(each, locate)) : null;
    if (values === null) problems.push(problemAt(locate(pair.key), `"${label}" has no values`, FORM));
    else
      labels.set(
        label,
        values.flatMap((each) => each.value ?? []),
      );
    problems.push(...(values ?? []).flatMap((each) => each.problems));
  }
  return problems.length > 0 ? { problems } : { labels };
}

interface ReadValue {
  readonly value: RepositoryLabelValue | null;
  readonly problems: readonly ConfigProblem[];
}

function readEntry(pair: Pair, locate: Locate): ReadValue {
  const text = yaml().isScalar(pair.key) ? (pair.key.source ?? keyOf(pair)) : '';
  const value = cutText(text.trim(), MAX_LABEL_LENGTH);
  const nodes = yaml().isSeq(pair.value) ? pair.value.items : [pair.value];
  const patterns = nodes.map((node) =>
    yaml().isScalar(node) && node.value !== null ? String(node.value).trim() : '',
  );
  const problems = patterns.flatMap((pattern, index) =>
    PATTERN.test(pattern)
      ? []
      : [problemAt(locate(nodes[index] ?? pair.key), `"${pattern}" is no pattern of repositories`, FORM)],
  );
  if (value === '') problems.push(problemAt(locate(pair.key), 'a value is empty', FORM));
  if (nodes.length === 0) problems.push(problemAt(locate(pair.key), `"${value}" has no repositories`, FORM));
  return problems.length > 0
    ? { value: null, problems }
    : {
        value: { value, repositories: patterns.map((each) => parseBranchPattern(each.toLowerCase())) },
        problems,
      };
}

function refused(where: string, what: string, hint: string): { readonly problems: readonly ConfigProblem[] } {
  return { problems: [problemAt(where, what, hint)] };
}

function problemAt(where: string, what: string, hint: string): ConfigProblem {
  return withSetting({ where, what, hint });
}

function withSetting(problem: ConfigProblem): ConfigProblem {
  return { ...problem, setting: SETTING };
}
