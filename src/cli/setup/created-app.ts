import { AntError } from '../../domain/errors.ts';
import { Agents } from '../../outbound/agents.ts';
import { exchange } from '../../outbound/exchange.ts';
import type { Network } from '../../outbound/network.ts';

/** An App that GitHub has just created. Its secrets are told only once. */
export interface CreatedApp {
  readonly id: string;
  /** The page of the App, where it is installed. */
  readonly url: string;
  readonly privateKeyPem: string;
  readonly webhookSecret: string;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 1024 ** 2;
const SHOWN = 200;

/** Where GitHub's API is, and how it is reached. */
export interface GitHubPlace {
  readonly apiUrl: string;
  readonly network: Network;
  readonly version: string;
}

/**
 * Exchanges the code for the App's key and secrets. GitHub takes a code once, within an hour. Rejects with
 * `command_failed`.
 */
export async function fetchCreatedApp(
  code: string,
  { apiUrl, network, version }: GitHubPlace,
): Promise<CreatedApp> {
  using agents = new Agents(network, { timeoutMs: TIMEOUT_MS });
  const answer = await exchange(new URL(`${apiUrl}/app-manifests/${code}/conversions`), {
    method: 'POST',
    headers: {
      Accept: 'application/vnd.github+json',
      'User-Agent': `ant-watcher/${version}`,
      'X-GitHub-Api-Version': '2022-11-28',
      'Content-Length': 0,
    },
    agents,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if ('failure' in answer)
    throw failed(
      `GitHub's API can't be reached (${answer.reason})`,
      answer.hint ?? 'check github.api_url and the proxy',
    );
  const text = answer.body.toString('utf8');
  const isCreated = answer.status === 201;
  const app = isCreated ? appIn(text) : null;
  if (app !== null) return app;
  // What GitHub answers for a created App holds its secrets, whatever else may be wrong with it.
  const said = isCreated ? 'its answer has another form' : text.slice(0, SHOWN);
  throw failed(
    `GitHub does not hand over the App's key (${answer.status}): ${said}`,
    answer.status === 404
      ? 'the code is used up or over an hour old: delete the App at GitHub, and start again'
      : "make a key on the App's page at GitHub, and set webhook.secret and github.app_private_key by hand",
  );
}

function appIn(text: string): CreatedApp | null {
  let app: Record<string, unknown>;
  try {
    app = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { id, html_url: url, pem, webhook_secret: webhookSecret } = app ?? {};
  if (!Number.isSafeInteger(id) || typeof url !== 'string' || typeof pem !== 'string') return null;
  if (typeof webhookSecret !== 'string' || !pem.includes('PRIVATE KEY')) return null;
  return { id: String(id), url, privateKeyPem: pem, webhookSecret };
}

function failed(message: string, hint: string): AntError {
  return new AntError('command_failed', `setup: ${message}`, { hint });
}
