import { resolve } from 'node:path';
import { nearestName } from '../domain/nearest-name.ts';
import type { FoundValue, Source } from './found-value.ts';
import { SECRET_PLACEHOLDER } from './kinds.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import { readText } from './read-text.ts';
import { ENVIRONMENT_PREFIX, environmentNameOf } from './setting.ts';
import { listSettings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes sets these in every pod of a namespace with a Service named ant-watcher (or ant-watcher-…). */
const SERVICE_LINK = /^ANT_WATCHER_(\w+_)?(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))(_\w+)?$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/**
 * Settings from variables that begin with `ANT_WATCHER_`. An empty variable counts as not set.
 * `withoutSecrets`: a file of secrets that can't be read counts as containing one.
 */
export function readEnvironment(env: Environment, cwd: string, withoutSecrets = false): Source {
  const values: FoundValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const { name, secret } of listSettings()) {
    const variable = environmentNameOf(name);
    const text = env[variable] ?? '';
    const file = secret ? (env[`${variable}_FILE`] ?? '') : '';
    if (text !== '' && file !== '') {
      problems.push({
        setting: name,
        where: `${variable}, ${variable}_FILE`,
        what: 'both are set',
        hint: 'set one of the two',
      });
    } else if (text !== '') {
      values.push({ name, texts: [text], from: variable });
    } else if (file !== '') {
      const path = resolve(cwd, file);
      const read = readSecretFile({ name, variable: `${variable}_FILE`, path, withoutSecrets });
      if ('texts' in read) values.push(read);
      else problems.push(read);
    }
  }
  return { values, problems: [...unknownVariables(env), ...problems] };
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

/** The path is not shown: somebody may have put the secret there instead of in its own variable. */
function readSecretFile({
  name,
  variable,
  path,
  withoutSecrets,
}: {
  readonly name: string;
  readonly variable: string;
  readonly path: string;
  readonly withoutSecrets: boolean;
}): FoundValue | ConfigProblem {
  const known = { setting: name, where: variable };
  const hint = `check the path in ${variable}; a relative one starts at the working directory`;
  const read = readText(path);
  if ('failure' in read && withoutSecrets) return { name, texts: [SECRET_PLACEHOLDER], from: variable };
  if ('failure' in read) return { ...known, what: `the file cannot be read (${read.failure})`, hint };
  if (read.text.trim() === '')
    return { ...known, what: 'the file is empty', hint: 'put the secret in it, one a line' };
  return { name, texts: [read.text], from: variable };
}
