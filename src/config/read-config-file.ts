import { extname, resolve } from 'node:path';
import type { Pair } from 'yaml';
import { nearestName } from '../domain/nearest-name.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import { type Reading, readText } from './read-text.ts';
import { type Finding, isNothing, keyOf, parseYaml, readMembers } from './read-yaml.ts';
import type { Setting } from './setting.ts';
import { listSettings, SETTINGS } from './settings.ts';
import { yaml } from './yaml.ts';

/** Read if it exists and `--config` names no other. */
const DEFAULT_CONFIG_FILE = 'config/config.json';

/** The name of the configuration file. */
export function fileLocation(named: string | undefined): string {
  return named ?? DEFAULT_CONFIG_FILE;
}

/** Whether it can be read and is not empty. */
export function hasConfigFile(
  named: string | undefined,
  { cwd, files }: Omit<Reading, 'withoutSecrets'>,
): boolean {
  const read = readText(resolve(cwd, fileLocation(named)), files);
  return 'text' in read && read.text.trim() !== '';
}

/** Settings from a JSON or YAML file. */
export function readConfigFile(named: string | undefined, reading: Reading): readonly Finding[] {
  const where = fileLocation(named);
  const read = readText(resolve(reading.cwd, where), reading.files);
  if ('failure' in read) {
    if (named === undefined && read.failure === 'ENOENT') return [];
    const hint = 'check the path and the permissions of the file';
    return [{ where, what: `cannot be read (${read.failure})`, hint }];
  }
  const format = extname(where).toLowerCase();
  if (!['.json', '.yaml', '.yml'].includes(format))
    return [{ where, what: 'is neither JSON nor YAML by its name', hint: 'name it .json, .yaml or .yml' }];
  const broken = format === '.json' ? jsonProblem(where, read.text) : null;
  return broken === null ? readGroups(where, read.text, reading) : [broken];
}

/** Valid JSON goes to the parser of YAML, which knows the lines. */
function jsonProblem(file: string, text: string): ConfigProblem | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line] = /\(line (\d+) column \d+\)$/.exec(error.message) ?? [];
    const where = line === undefined ? file : `${file} line ${line}`;
    const hint = 'JSON has double quotes, and neither comments nor a comma after the last entry';
    return { where, what: 'is not valid JSON', hint };
  }
}

function readGroups(file: string, text: string, reading: Reading): readonly Finding[] {
  const parsed = parseYaml(text, file);
  if ('problems' in parsed) return parsed.problems;
  const { root, locate } = parsed;
  if (yaml().isMap(root)) return root.items.flatMap((pair) => readGroup(pair, { ...reading, locate }));
  if (isNothing(root)) return [];
  return [
    { where: locate(root), what: 'must hold groups of settings', hint: 'see config/config.example.yaml' },
  ];
}

function readGroup(pair: Pair, place: Parameters<typeof readMembers>[3]): readonly Finding[] {
  const group = keyOf(pair);
  const members = pair.value;
  const where = `${place.locate(pair.key)}: ${group}`;
  const known = membersOf('');
  if (known.has(group)) return readMembers([pair], '', known, place);
  if (!Object.hasOwn(SETTINGS, group)) {
    const nearest = nearestName(group, [...Object.keys(SETTINGS), ...known.keys()]);
    const hint = didYouMean(nearest, 'docs/configuration.md lists every setting; each is in its group');
    return [{ where, what: 'unknown group of settings', hint }];
  }
  if (yaml().isMap(members)) return readMembers(members.items, `${group}.`, membersOf(`${group}.`), place);
  if (isNothing(members)) return [];
  return [{ where, what: 'must be a group of settings', hint: 'see config/config.example.yaml' }];
}

/** The settings of a group by their keys; with an empty prefix, those that stand in none. */
function membersOf(prefix: string): ReadonlyMap<string, Setting<unknown>> {
  return new Map(
    listSettings()
      .filter(({ name }) => (prefix === '' ? !name.includes('.') : name.startsWith(prefix)))
      .map((each) => [each.name.slice(prefix.length), each]),
  );
}
