import { nearestName } from '../domain/nearest-name.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import { type Reading, readSecretFile } from './read-text.ts';
import { type Finding, parseYaml, readValue } from './read-yaml.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';
import { ENVIRONMENT_PREFIX, environmentNameOf, type Setting } from './setting.ts';
import { listSettings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes sets these in every pod of a namespace with a Service named ant-watcher (or ant-watcher-…). */
const SERVICE_LINK = /^ANT_WATCHER_(\w+_)?(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))(_\w+)?$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Settings from variables that begin with `ANT_WATCHER_`. An empty variable counts as not set. */
export function readEnvironment(env: Environment, reading: Reading): readonly Finding[] {
  return [
    ...unknownVariables(env),
    ...listSettings().flatMap((setting) => readVariable(setting, env, reading)),
  ];
}

function readVariable(setting: Setting<unknown>, env: Environment, reading: Reading): readonly Finding[] {
  const { name, secret } = setting;
  const variable = environmentNameOf(name);
  const text = env[variable] ?? '';
  const file = secret ? (env[`${variable}_FILE`] ?? '') : '';
  if (text !== '' && file !== '') {
    const where = `${variable}, ${variable}_FILE`;
    return [{ setting: name, where, what: 'both are set', hint: 'set one of the two' }];
  }
  if (text !== '') return valuesIn(text, variable, setting, reading);
  if (file === '') return [];
  const read = readSecretFile(file, reading);
  const from = `${variable}_FILE`;
  return 'text' in read
    ? valuesIn(read.text, from, setting, reading)
    : [{ setting: name, where: from, ...read }];
}

/** A list of items is written in YAML or JSON. */
function valuesIn(
  text: string,
  from: string,
  setting: Setting<unknown>,
  reading: Reading,
): readonly Finding[] {
  const { name, fields } = setting;
  if (fields === undefined || text === SECRET_PLACEHOLDER) return [{ setting, texts: [text], from }];
  const parsed = parseYaml(text, from);
  if ('problems' in parsed) return parsed.problems.map((problem) => ({ setting: name, ...problem }));
  return readValue(setting, parsed.root, from, { ...reading, locate: parsed.locate });
}

function unknownVariables(env: Environment): ConfigProblem[] {
  const known = new Set(
    listSettings().flatMap(({ name, secret }) => {
      const variable = environmentNameOf(name);
      return secret ? [variable, `${variable}_FILE`] : [variable];
    }),
  );
  const problems: ConfigProblem[] = [];
  for (const variable of Object.keys(env).sort()) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || known.has(variable)) continue;
    if (SERVICE_LINK.test(variable) || SERVICE_LINK_VALUE.test(env[variable] ?? '')) continue;
    const plain = variable.replace(/_FILE$/, '');
    const hint = known.has(plain)
      ? `only a secret may come from a file: set ${plain}`
      : didYouMean(
          nearestName(variable, known),
          'docs/configuration.md lists every variable; remove this one',
        );
    problems.push({ where: variable, what: 'unknown environment variable', hint });
  }
  return problems;
}
