import { resolve } from 'node:path';
import { protectSecrets } from '../logger/known-secrets.ts';
import { ConfigFiles } from './config-files.ts';
import { canPoll, githubProblems, whatPollingNeeds } from './github-settings.ts';
import { jobProblems } from './job-settings.ts';
import { NO_LABEL_FILE, readLabelFile } from './label-file.ts';
import { listenerProblems, tlsProblems } from './listeners.ts';
import { otlpProblems, unreadVariables } from './otlp-endpoints.ts';
import {
  type ConfigProblem,
  hasPlaceholder,
  listNameOf,
  placeholderProblem,
  problemWith,
  valueProblem,
} from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { readFlags } from './read-flags.ts';
import { readProxies } from './read-proxies.ts';
import type { Reading } from './read-text.ts';
import { repositoryLabelProblems } from './repository-labels.ts';
import { shortSecrets } from './secret-strength.ts';
import { secretsIn } from './secrets.ts';
import type { FoundValue, Setting } from './setting.ts';
import { buildSettings, SETTINGS, type Settings } from './settings.ts';
import { sinkProblems, sinksOf } from './sinks.ts';

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
  /** Remembers which files are read. */
  readonly files?: ConfigFiles;
}

/** The settings, and the texts that each was read from. A setting that is not set has no origin. */
export interface Loaded {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, FoundValue>;
  /** Variables that look as if they had an effect, and have none (`unreadVariables`). */
  readonly unread: readonly string[];
}

/**
 * Reads flags, environment and file, and checks every value of each, even if another source overrides it
 * (except the placeholders of `print-config`). Returns either the settings or all problems. From then on, all
 * secrets found are redacted in every text.
 */
export function loadSettings(options: LoadOptions): Loaded | { readonly problems: readonly ConfigProblem[] } {
  const withoutSecrets = options.withoutSecrets ?? false;
  const { cwd, files = new ConfigFiles() } = options;
  files.forget();
  const reading = { cwd, withoutSecrets, files };
  const flags = readFlags(options.flags);
  const { proxies, ...network } = readProxies(options.env);
  protectSecrets(network.secrets);
  const findings = [
    ...flags.findings,
    ...readEnvironment(options.env, reading),
    ...readConfigFile(flags.configFile, reading),
  ];
  const problems = [...findings.filter((each) => 'what' in each), ...network.problems];
  const values = findings.filter((each) => 'texts' in each);
  const origins = new Map<string, FoundValue>();
  const built = buildSettings({ proxies, labelFile: NO_LABEL_FILE }, (setting) => {
    const candidates = values.filter((each) => each.setting.name === setting.name);
    for (const candidate of candidates)
      problems.push(
        ...partsOf(candidate).flatMap((found) =>
          checkValue(found, withoutSecrets || candidate !== candidates[0]),
        ),
      );
    const chosen = candidates[0] ?? defaultOf(setting);
    for (const found of chosen === undefined ? [] : [chosen, ...partsOf(chosen)])
      origins.set(found.setting.name, found);
    return effectiveValue(setting, chosen);
  });
  const { labelFile, ...ofFile } = readLabels(built.metrics.repositoryLabelsFile, reading);
  problems.push(...ofFile.problems);
  const settings = Object.freeze({ ...built, labelFile });
  if (options.forServing && !withoutSecrets) {
    const reported = new Set(problems.map((each) => each.setting?.replace(/_file$/, '')));
    problems.push(...servingProblems(settings).filter(({ setting }) => !reported.has(setting)));
  }
  if (problems.length === 0) problems.push(...jointProblems(settings, options).map(withOrigin(origins)));
  if (problems.length > 0) return { problems };
  // Read by whoever uses them, like everything that is relative to the working directory.
  for (const { caFile } of [settings.github, settings.otlp, ...sinksOf(settings.push)])
    if (caFile !== '') files.read(resolve(cwd, caFile));
  return { settings, origins, unread: unreadVariables(options.env, settings.otlp) };
}

/** Where secrets are not, the file need not be either. */
function readLabels(path: unknown, { cwd, withoutSecrets, files }: Reading) {
  const read = readLabelFile(typeof path === 'string' ? path : '', cwd, files);
  if ('labels' in read) return { labelFile: read.labels, problems: [] };
  return { labelFile: NO_LABEL_FILE, problems: withoutSecrets && read.isMissing ? [] : read.problems };
}

/** The value itself; of a list, that of each field of each item. */
function partsOf(found: FoundValue): readonly FoundValue[] {
  return found.items?.flatMap((item) => [...item.values()]) ?? [found];
}

/** What is wrong with one value. Redacts its secrets from then on. */
function checkValue(found: FoundValue, mayHavePlaceholder: boolean): ConfigProblem[] {
  if (hasPlaceholder(found)) return mayHavePlaceholder ? [] : [placeholderProblem(found)];
  protectSecrets(secretsIn(found));
  const read = found.setting.kind.read(found.texts);
  // A key may be stored in a different form than it is used in.
  if (typeof read === 'string') protectSecrets(secretsIn({ ...found, texts: [read] }));
  return read === undefined ? [valueProblem(found)] : [];
}

/** A secret that is only the placeholder is not set. */
function effectiveValue({ kind, secret, fields = {} }: Setting<unknown>, found?: FoundValue): unknown {
  if (found?.items === undefined)
    return kind.read(found === undefined || (secret && hasPlaceholder(found)) ? [] : found.texts);
  return found.items.map((item) => {
    const values = Object.entries(fields).map(([key, field]) => [
      key,
      effectiveValue(field, item.get(field.name) ?? defaultOf(field)),
    ]);
    return Object.freeze(Object.fromEntries(values));
  });
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
    ...repositoryLabelProblems(settings),
    ...sinkProblems(settings.push, withoutSecrets),
    ...otlpProblems(
      settings.otlp,
      sinksOf(settings.push).map(({ name }) => name),
    ),
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
    const { from = 'default' } = origins.get(setting) ?? origins.get(listNameOf(setting)) ?? {};
    return from === 'default' ? problem : { ...problem, where: from };
  };
}

/** What `serve` still needs. */
export function servingProblems({ webhook, github }: Settings): ConfigProblem[] {
  if (canPoll(github) || (webhook.secrets ?? []).length > 0) return [];
  const { name, needed } = SETTINGS.webhook.secrets;
  return [
    problemWith(
      name,
      'is not set, and serve refuses to start without it',
      whatPollingNeeds(github) ?? needed,
    ),
  ];
}

function defaultOf(setting: Setting<unknown>): FoundValue | undefined {
  return setting.default === null ? undefined : { setting, texts: [setting.default], from: 'default' };
}
