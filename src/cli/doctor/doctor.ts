import type { Logger } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import type { GitHub } from '../../domain/github-api.ts';
import { openGitHub } from '../../github/client/open-github.ts';
import { openInspection } from '../../github/inspection.ts';
import { readServerTime } from '../../github/server-time.ts';
import type { OtlpOptions } from '../../otlp/otlp-options.ts';
import { type Network, networkOf } from '../../outbound/network.ts';
import type { Proxies } from '../../outbound/proxies.ts';
import { isSharedStore } from '../../store/shared-store.ts';
import { sleep } from '../../timing/sleep.ts';
import { checkCredentials, checkPermissions, judgeRepositories } from './check-access.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkClock } from './check-clock.ts';
import { checkDatabase } from './check-database.ts';
import { checkDeliveries } from './check-deliveries.ts';
import { checkHooks } from './check-hooks.ts';
import { checkListener } from './check-listener.ts';
import { checkJobKeys, checkProxies } from './check-network.ts';
import { checkOtlp } from './check-otlp.ts';
import { checkPush, type PushCheckOptions } from './check-push.ts';
import { checkStorage } from './check-storage.ts';
import { type Finding, findingsAbout, findingText, summaryText } from './finding.ts';

/** The checks, in the groups of the settings. */
export interface DoctorOptions {
  readonly version: string;
  /** Settings whose secrets should be longer. */
  readonly weakSecrets: readonly { readonly setting: string; readonly hint: string }[];
  /** A sentence for each variable that looks as if it had an effect, and has none. */
  readonly unread: readonly string[];
  readonly storage: { readonly url: string; readonly password: string | null };
  readonly webhook: ListenerSettings & {
    readonly paths: readonly string[];
    readonly secrets: readonly string[];
  };
  readonly api: ListenerSettings;
  readonly github: {
    readonly apiUrl: string;
    readonly token: string | null;
    readonly appId: string;
    readonly appPrivateKey: string | null;
    readonly repositories: readonly { readonly owner: string; readonly name: string | null }[];
    readonly enterprises: readonly string[];
    readonly billing: readonly string[];
    readonly annotations: boolean;
    readonly timeoutMs: number;
    readonly caFile: string;
  };
  readonly jobs: { readonly oidcAudience: string; readonly oidcIssuer: string };
  readonly proxies: Proxies;
  readonly push: Omit<PushCheckOptions['shared'], 'version' | 'proxies'>;
  readonly sinks: PushCheckOptions['sinks'];
  /** Throws `config_invalid` when certificates can't be read. */
  readonly readOtlp: () => OtlpOptions;
}

interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** Empty for plain HTTP. */
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
}

const MAX_WAIT_MS = 10_000;
/** The most repositories of the configured ones that are checked. */
const MAX_REPOSITORIES = 20;

/**
 * Checks everything that the service needs, and prints each finding as it comes. Returns the exit status: 1
 * if anything failed.
 */
export async function runDoctor(options: DoctorOptions, stdout: NodeJS.WritableStream): Promise<number> {
  const findings: Finding[] = [];
  for await (const found of examine(options)) {
    for (const finding of found) stdout.write(findingText(finding));
    findings.push(...found);
  }
  stdout.write(summaryText(findings));
  return findings.some(({ level }) => level === 'failed') ? 1 : 0;
}

async function* examine(options: DoctorOptions): AsyncGenerator<readonly Finding[]> {
  const { version, storage, webhook, api, push, sinks, proxies } = options;
  const { ok, warning } = findingsAbout('configuration');
  yield [ok('every setting is valid'), ...options.unread.map(ok)];
  yield options.weakSecrets.map(({ setting, hint }) => warning(`${setting} has fewer than 16 bytes`, hint));
  yield checkProxies(options.proxies);
  yield isSharedStore(storage.url) ? await checkDatabase(storage) : checkStorage(storage.url);
  if (takesWebhooks(options)) yield* examineListener('webhook', webhook);
  yield* examineListener('api', api);
  const network = gitHubNetworkOf(options);
  if ('level' in network) yield [network];
  else {
    if (options.github.token === null && options.github.appId === '') yield [WITHOUT_GITHUB];
    else yield* examineGitHub(options, network);
    if (options.jobs.oidcAudience !== '') yield [await checkJobKeys(options.jobs.oidcIssuer, network)];
  }
  yield await checkDeliveries({ host: api.host, port: api.port, isSecure: api.tlsCertFile !== '' });
  yield await checkPush({ sinks, shared: { ...push, version, proxies }, nowMs: Date.now(), sleep });
  yield await checkOtlp(options.readOtlp);
}

async function* examineListener(
  name: 'webhook' | 'api',
  { host, port, tlsCertFile: certFile, tlsKeyFile: keyFile }: ListenerSettings,
): AsyncGenerator<readonly Finding[]> {
  const isSecure = certFile !== '';
  yield await checkListener({ name, host, port, isPublic: name === 'webhook', isSecure });
  if (isSecure) yield [await checkCertificate({ listener: name, certFile, keyFile }, Date.now())];
}

const WITHOUT_GITHUB = findingsAbout('GitHub').warning(
  'there is nothing to log in with: what webhooks lose stays lost',
  'set github.token, or github.app_id and github.app_private_key',
);

/** The finding that the certificates can't be read, if they can't. */
function gitHubNetworkOf({ proxies, github }: DoctorOptions): Network | Finding {
  try {
    return networkOf(proxies, 'github.ca_file', github.caFile);
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    return findingsAbout('GitHub').failed(error.message, error.hint ?? 'look at github.ca_file');
  }
}

async function* examineGitHub(
  { github: options, version, webhook }: DoctorOptions,
  network: Network,
): AsyncGenerator<readonly Finding[]> {
  const timeoutMs = Math.min(options.timeoutMs, MAX_WAIT_MS);
  const reached = await checkClock(() => readServerTime(options.apiUrl, network, timeoutMs), Date.now);
  yield reached;
  if (reached.some(({ level }) => level === 'failed')) return;
  const hasApp = options.appId !== '';
  const github = clientOf({ ...options, timeoutMs }, { version, network });
  const inspection = openInspection(github);
  const access = await checkCredentials(github, inspection, hasApp);
  yield access.findings;
  const owners = [...new Set([...access.owners, ...options.repositories.map(({ owner }) => owner)])];
  const named = options.repositories.flatMap(({ owner, name }) => (name === null ? [] : `${owner}/${name}`));
  const repositories = named.slice(0, MAX_REPOSITORIES);
  for (const owner of owners) {
    if (repositories.some((name) => name.startsWith(`${owner}/`))) continue;
    const any = await inspection.anyRepository(owner, access.owners.includes(owner));
    yield judgeRepositories(owner, any);
    if (any.kind === 'ok' && any.data.name !== null) repositories.push(any.data.name);
  }
  const { annotations, enterprises, billing } = options;
  const annotated = annotations ? repositories : [];
  yield await checkPermissions(inspection, { repositories, owners, annotated, enterprises, billing });
  if (takesWebhooks({ webhook }))
    yield await checkHooks(inspection, {
      hasApp,
      targets: [...owners, ...repositories],
      paths: webhook.paths,
    });
  else yield [findingsAbout('webhooks').ok('none are taken: GitHub is polled')];
  await github.close();
}

/** Without a secret there can be no webhooks. */
function takesWebhooks({ webhook }: Pick<DoctorOptions, 'webhook'>): boolean {
  return webhook.secrets.length > 0;
}

/** A client that logs nothing and waits for no limit. */
function clientOf(
  options: DoctorOptions['github'],
  needs: { readonly version: string; readonly network: Network },
): GitHub {
  const nothing = () => {};
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    child: () => logger,
  };
  const { appId, appPrivateKey, ...rest } = options;
  if (appId !== '' && appPrivateKey === null) throw new AntError('config_invalid', 'The App has no key.');
  const app = appId === '' || appPrivateKey === null ? null : { id: appId, privateKeyPem: appPrivateKey };
  return openGitHub({
    ...rest,
    ...needs,
    app,
    concurrency: 4,
    rateLimit: null,
    reserve: 0,
    longestWaitMs: MAX_WAIT_MS,
    clock: Date.now,
    logger,
    meter: { add: nothing },
  });
}
