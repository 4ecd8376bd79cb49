import { protectSecrets } from '../logger/known-secrets.ts';
import { canPoll, githubProblems } from './github-settings.ts';
import { jobProblems } from './job-settings.ts';
import { listenerProblems, tlsProblems } from './listeners.ts';
import {
  type ConfigProblem,
  hasPlaceholder,
  listOf,
  placeholderProblem,
  problemWith,
  valueProblem,
} from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { readFlags } from './read-flags.ts';
import { readProxies } from './read-proxies.ts';
import { shortSecrets } from './secret-strength.ts';
import { secretsIn } from './secrets.ts';
import { type Found, type FoundValue, leavesOf, type Setting } from './setting.ts';
import { listSettings, SETTINGS, type Settings } from './settings.ts';
import { sinkProblems } from './sinks.ts';

export interface LoadOptions {
  /** The arguments after the command. */
  readonly flags: readonly string[];
  readonly env: Environment;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Whether it is a problem if something is missing that `serve` needs. */
  readonly forServing: boolean;
  /**
   * Secrets may be missing, also their files, and then count as valid. Such settings can't be used to serve.
   */
  readonly withoutSecrets?: boolean;
}

/** The settings, and the texts that each was read from. A setting that is not set has no origin. */
export interface Loaded {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, FoundValue>;
}

/**
 * Reads flags, environment and file, and checks every value of each, even if another source overrides it
 * (except the placeholders of `print-config`). Returns either the settings or all problems. From then on, all
 * secrets found are redacted in every text.
 */
export function loadSettings(options: LoadOptions): Loaded | { readonly problems: readonly ConfigProblem[] } {
  const withoutSecrets = options.withoutSecrets ?? false;
  const flags = readFlags(options.flags);
  const reading = { cwd: options.cwd, withoutSecrets };
  const environment = readEnvironment(options.env, reading);
  const file = readConfigFile(flags.configFile, reading);
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
      for (const found of partsOf(setting, candidate)) {
        if (!hasPlaceholder(found)) problems.push(...checkValue(found));
        else if (!withoutSecrets && candidate === candidates[0]) problems.push(placeholderProblem(found));
      }
    }
    const chosen = candidates[0] ?? defaultOf(setting);
    if (chosen !== undefined)
      for (const found of [chosen, ...(chosen.items ?? []).flat()]) origins.set(found.name, found);
    values.set(setting.name, effectiveValue(setting, chosen));
  }
  const settings: Settings = Object.freeze({ ...build(values), proxies });
  if (options.forServing && !withoutSecrets) {
    const reported = new Set(problems.map((each) => each.setting?.replace(/_file$/, '')));
    problems.push(...servingProblems(settings).filter(({ setting }) => !reported.has(setting)));
  }
  if (problems.length === 0) problems.push(...jointProblems(settings, options).map(withOrigin(origins)));
  return problems.length > 0 ? { problems } : { settings, origins };
}

/** The value itself; of a list, that of each field of each item. */
function partsOf(setting: Setting<unknown>, found: FoundValue): readonly Found[] {
  return found.items?.flatMap((item) => leavesOf(setting, item)) ?? [[setting, found]];
}

/** What is wrong with one value. Redacts its secrets from then on. */
function checkValue(found: Found): ConfigProblem[] {
  const [setting, value] = found;
  protectSecrets(secretsIn(found));
  const read = setting.kind.read(value.texts);
  // A key may be stored in a different form than it is used in.
  if (typeof read === 'string') protectSecrets(secretsIn([setting, { ...value, texts: [read] }]));
  return read === undefined ? [valueProblem(found)] : [];
}

/** A secret that is only the placeholder is not set. */
function effectiveValue(setting: Setting<unknown>, found: FoundValue | undefined): unknown {
  const { kind, secret, fields, name } = setting;
  if (fields !== undefined && found?.items !== undefined)
    return found.items.map((item, index) => {
      const values = Object.entries(fields).map(([key, field]) => {
        const value = item.find((each) => each.name === `${name}[${index}].${field.name}`);
        return [key, effectiveValue(field, value ?? defaultOf(field))];
      });
      return Object.freeze(Object.fromEntries(values));
    });
  const isSet = found !== undefined && !(secret && hasPlaceholder([setting, found]));
  return kind.read(isSet ? found.texts : []);
}

/** What is wrong with the combination of settings, although each of them is valid. */
function jointProblems(
  settings: Settings,
  { forServing, withoutSecrets = false }: LoadOptions,
): ConfigProblem[] {
  const github = withoutSecrets ? asIfLoggedIn(settings.github) : settings.github;
  const takesWebhooks = settings.webhook.secrets.length > 0 || !canPoll(github);
  return [
    ...tlsProblems('webhook', settings.webhook),
    ...tlsProblems('api', settings.api),
    ...jobProblems(settings.jobs),
    ...sinkProblems(settings.push, withoutSecrets),
    ...githubProblems(github),
    ...(forServing ? shortSecrets(settings) : []),
    ...(forServing && takesWebhooks ? listenerProblems(settings) : []),
  ];
}

/** Assumes all secrets that could be set: `check-config` may run where they are not available. */
function asIfLoggedIn(github: Settings['github']): Settings['github'] {
  const { token, appId, appPrivateKey } = github;
  return { ...github, token: token ?? '', appPrivateKey: appPrivateKey ?? (appId === '' ? null : '') };
}

/** A problem with a value is located where the value was set. */
function withOrigin(origins: Loaded['origins']): (problem: ConfigProblem) => ConfigProblem {
  return (problem) => {
    const { setting = '' } = problem;
    const { from = 'default' } = origins.get(setting) ?? origins.get(listOf(setting)) ?? {};
    return from === 'default' ? problem : { ...problem, where: from };
  };
}

/** What `serve` still needs. */
export function servingProblems(settings: Settings): ConfigProblem[] {
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

function missing({ name, needed }: Setting<unknown>, value: unknown): ConfigProblem[] {
  if (needed === undefined || (Array.isArray(value) && value.length > 0)) return [];
  return [problemWith(name, 'is not set, and serve refuses to start without it', needed)];
}

function build(values: ReadonlyMap<string, unknown>): Omit<Settings, 'proxies'> {
  const groups = Object.entries(SETTINGS).map(([group, members]) => {
    const entries = Object.entries(members).map(([key, { name }]) => [key, Object.freeze(values.get(name))]);
    return [group, Object.freeze(Object.fromEntries(entries))];
  });
  // The shape follows from SETTINGS, as the type does, and each value was made by the kind that its type
  // comes from.
  return Object.fromEntries(groups) as Omit<Settings, 'proxies'>;
}
