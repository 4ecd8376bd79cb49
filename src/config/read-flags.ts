import { nearestName } from '../domain/nearest-name.ts';
import { redactText } from '../logger/redact.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import type { Finding } from './read-yaml.ts';
import { environmentNameOf, type FoundValue, flagOf } from './setting.ts';
import { listSettings } from './settings.ts';

const CONFIG_FLAG = '--config';

interface Flag {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Settings from the command line, as `--webhook.port 8080` or `--webhook.port=8080`, and the file that
 * `--config` names.
 */
export function readFlags(args: readonly string[]): {
  readonly findings: readonly Finding[];
  readonly configFile: string | undefined;
} {
  const settingNames = new Map(listSettings().map((each) => [flagOf(each.name), each]));
  const values: FoundValue[] = [];
  const given = new Set<string>();
  let configFile: string | undefined;
  const problems: ConfigProblem[] = [];
  for (const { name: flag, value } of splitFlags(args, problems)) {
    const setting = settingNames.get(flag);
    if (setting === undefined && flag !== CONFIG_FLAG) {
      const known = [...settingNames].filter(([, each]) => !each.secret).map(([name]) => name);
      const nearest = nearestName(flag, [...known, CONFIG_FLAG]);
      problems.push({
        where: redactText(flag),
        what: 'unknown flag',
        hint: didYouMean(nearest, 'see ant-watcher help COMMAND'),
      });
    } else if (setting?.secret) {
      const variable = environmentNameOf(setting.name);
      const what = 'a secret has no flag: other users can see the flags of a process';
      const hint = `set ${variable}, or ${variable}_FILE to the name of a file`;
      problems.push({ setting: setting.name, where: flag, what, hint });
    } else if (value === undefined || value === '') {
      problems.push({ where: flag, what: 'has no value', hint: `write ${flag} VALUE` });
    } else if (given.has(flag)) {
      problems.push({ where: flag, what: 'is given twice', hint: 'give it once' });
    } else {
      given.add(flag);
      if (setting === undefined) configFile = value;
      else values.push({ setting, texts: [value], from: flag });
    }
  }
  return { findings: [...values, ...problems], configFile };
}

/**
 * What follows a flag belongs to it, even if the flag is unknown: it may be a secret and must not be shown.
 */
function splitFlags(args: readonly string[], problems: ConfigProblem[]): Flag[] {
  const flags: Flag[] = [];
  for (let at = 0; at < args.length; at++) {
    const token = args[at] ?? '';
    const equals = token.indexOf('=');
    const next = args[at + 1];
    if (!token.startsWith('-')) {
      problems.push({
        where: 'command line',
        what: `argument ${at + 1} belongs to no flag`,
        hint: 'the command comes first, then --flag VALUE',
      });
    } else if (equals >= 0) {
      flags.push({ name: token.slice(0, equals), value: token.slice(equals + 1) });
    } else if (next !== undefined && !next.startsWith('--')) {
      flags.push({ name: token, value: next });
      at++;
    } else {
      flags.push({ name: token, value: undefined });
    }
  }
  return flags;
}
