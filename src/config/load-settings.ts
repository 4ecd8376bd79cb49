import { protectSecrets } from '../logger/known-secrets.ts';
import { redactText } from '../logger/redact.ts';
import type { FoundValue } from './found-value.ts';
import { canPoll, githubProblems } from './github-settings.ts';
import { jobProblems } from './job-settings.ts';
import type { Problem } from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { readFlags } from './read-flags.ts';
import { readProxies } from './read-proxies.ts';
import { shortSecrets } from './secret-strength.ts';
import { secretsIn } from './secrets-in.ts';
import { environmentNameOf, type Setting } from './setting.ts';
import { listSettings, SETTINGS, type Settings } from './settings.ts';
import { sinkProblems } from './sinks.ts';
import { tlsProblems } from './tls-settings.ts';

export interface LoadOptions {
  /** The arguments after the command. */
  readonly flags: readonly string[];
  readonly env: Environment;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Whether it is a problem when something is missing that `serve` needs. */
  readonly forServing: boolean;
}

/** The settings, and for each the texts that it was read from; a setting that is not set has no origin. */
export interface Loaded {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, FoundValue>;
}

/**
 * Reads flags, environment and file, checks every value of each, also those that another source overrides,
 * and answers either the settings or all problems there are. Every secret that is found is kept out of all texts from then on.
 */
export function loadSettings(options: LoadOptions): Loaded | { readonly problems: readonly Problem[] } {
  const flags = readFlags(options.flags);
  const environment = readEnvironment(options.env, options.cwd);
  const file = readConfigFile(flags.configFile, options.cwd);
  const { proxies, ...network } = readProxies(options.env);
  protectSecrets(network.secrets);
  const sources = [flags, environment, file];
  const problems = [...sources.flatMap((source) => source.problems), ...network.problems];
  const values = new Map<string, unknown>();
  const origins = new Map<string, FoundValue>();
  for (const setting of listSettings()) {
    const candidates = sources.flatMap((source) =>
      source.values.filter((each) => each.name === setting.name),
    );
    for (const candidate of candidates) {
      protectSecrets(secretsIn(setting, candidate));
      const value = setting.kind.read(candidate.texts);
      if (value === undefined) problems.push(problemOf(setting, candidate));
      // A key may be stored in another spelling than it is used in.
      if (typeof value === 'string') protectSecrets(secretsIn(setting, { ...candidate, texts: [value] }));
    }
    const chosen = candidates[0] ?? defaultOf(setting);
    if (chosen !== undefined) origins.set(setting.name, chosen);
    values.set(setting.name, setting.kind.read(chosen?.texts ?? []));
  }
  const settings: Settings = Object.freeze({ ...build(values), proxies });
  if (options.forServing) {
    const reported = new Set(problems.map((each) => each.setting));
    problems.push(...servingProblems(settings).filter(({ setting }) => !reported.has(setting)));
  }
  if (problems.length === 0)
    problems.push(
      ...tlsProblems('webhook', settings.webhook),
      ...tlsProblems('api', settings.api),
      ...jobProblems(settings.jobs),
      ...sinkProblems(settings.push),
      ...githubProblems(settings.github),
      ...(options.forServing ? shortSecrets(settings) : []),
    );
  return problems.length > 0 ? { problems } : { settings, origins };
}

/** What `serve` lacks. */
export function servingProblems(settings: Settings): Problem[] {
  if (canPoll(settings.github)) return [];
  return Object.entries(SETTINGS).flatMap(([group, members]) => {
    const values: Readonly<Record<string, unknown>> = settings[group as keyof typeof SETTINGS];
    return Object.entries(members).flatMap(([key, setting]) => missing(setting, values[key]));
  });
}

function defaultOf(setting: Setting<unknown>): FoundValue | undefined {
  return setting.default === null
    ? undefined
    : { name: setting.name, texts: [setting.default], from: 'default' };
}

function problemOf({ name, kind, secret }: Setting<unknown>, { texts, from }: FoundValue): Problem {
  const [text = ''] = texts;
  // Whatever stands where a value belongs may be a secret all the same, for example a password in a URL.
  const shown = texts.length === 1 ? JSON.stringify(redactText(text).slice(0, 100)) : 'a list';
  return {
    setting: name,
    where: from,
    what: `must be ${kind.expects}${secret ? '' : `, not ${shown}`}`,
    hint: kind.advise?.(text) ?? `for example ${kind.example}`,
  };
}

function missing({ name, needed }: Setting<unknown>, value: unknown): Problem[] {
  if (needed === undefined || (Array.isArray(value) && value.length > 0)) return [];
  return [
    {
      setting: name,
      where: environmentNameOf(name),
      what: 'is not set, and serve refuses to start without it',
      hint: needed,
    },
  ];
}

function build(values: ReadonlyMap<string, unknown>): Omit<Settings, 'proxies'> {
  const groups = Object.entries(SETTINGS).map(([group, members]) => {
    const entries = Object.entries(members).map(([key, { name }]) => [key, Object.freeze(values.get(name))]);
    return [group, Object.freeze(Object.fromEntries(entries))];
  });
  // The shape follows from SETTINGS as the type does; each value was made by the kind that its type comes from.
  return Object.fromEntries(groups) as Omit<Settings, 'proxies'>;
}
