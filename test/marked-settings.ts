import { preload } from './faults.ts';
import type { Marks } from './marks.ts';
import type { Telltale } from './telltale.ts';

/*
 * A configuration with a marked secret in every place that can hold one, and what is sent to that service.
 */

/** Sent by others: not secrets of the configuration. */
const FOREIGN = ['wrongToken', 'wrongSignature', 'payload'];
export const NAMES = [
  ...['webhook', 'webhookNext', 'api', 'apiNext', 'user', 'github'],
  ...['basic', 'bearer', 'header', 'urlPassword', 'urlToken', ...FOREIGN],
];

export function settingsOf({ secrets, privateKey }: Marks, { address }: Telltale): Record<string, string> {
  const headers = { 'X-Scope': secrets['header'] };
  const sinks = [
    { name: 'a', url: `http://${address}/401/a`, basic_auth: `ant:${secrets['basic']}`, headers },
    { name: 'b', url: `http://${address}/403/b`, token: secrets['bearer'], headers },
    {
      name: 'c',
      url: `http://ant:${secrets['urlPassword']}@${address}/400/c?token=${secrets['urlToken']}`,
      headers,
    },
    { name: 'd', url: `http://${address}/204/d`, headers },
  ];
  return {
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_WEBHOOK_SECRET: `${secrets['webhook']}\n${secrets['webhookNext']}`,
    ANT_WATCHER_API_TOKENS: `${secrets['api']}\n${secrets['apiNext']}`,
    ANT_WATCHER_API_BASIC_AUTH: `watcher:${secrets['user']}`,
    ANT_WATCHER_API_RELOAD: 'true',
    ANT_WATCHER_JOBS_OIDC_AUDIENCE: 'https://ant-watcher.example',
    ANT_WATCHER_JOBS_OIDC_ISSUER: `https://${address}`,
    ANT_WATCHER_JOBS_ALLOWED_OWNERS: '1',
    ANT_WATCHER_GITHUB_API_URL: `http://${address}`,
    ANT_WATCHER_GITHUB_TOKEN: `ghp_${secrets['github']}`,
    ANT_WATCHER_GITHUB_APP_ID: '1234',
    ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: privateKey,
    ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r',
    ANT_WATCHER_SINKS: JSON.stringify(sinks),
    ANT_WATCHER_PUSH_BATCH_AGE: '10ms',
    ANT_WATCHER_COLLECTOR_MAX_ATTEMPTS: '1',
    ANT_WATCHER_LOG_LEVEL: 'debug',
  };
}

/**
 * Errors that hold every secret, in every form and place: one for a delivery in the engine, one that ends the
 * process.
 */
export function throwing({ secrets, privateKey }: Marks): string {
  const own = Object.entries(secrets).filter(([name]) => !FOREIGN.includes(name));
  const values = JSON.stringify([
    ...own.map(([name, secret]) => (name === 'github' ? `ghp_${secret}` : secret)),
    privateKey,
  ]);
  return preload(`
    import { isMainThread } from 'node:worker_threads';
    const values = ${values};
    const forms = values.flatMap((each) => [
      each, encodeURIComponent(each), Buffer.from(each).toString('base64'), Buffer.from(each).toString('hex'),
    ]);
    const leakingError = () => Object.assign(
      new Error(forms.join(' '), { cause: new AggregateError([new Error(values[0])], values.join(',')) }),
      { code: values[1] },
    );
    const parse = JSON.parse;
    JSON.parse = (text, ...rest) => {
      if (!isMainThread && String(text).includes('fault-engine')) throw leakingError();
      if (isMainThread && String(text).includes('fault-main')) setTimeout(() => { throw leakingError(); });
      return parse(text, ...rest);
    };`);
}

export function dispatchOf({ secrets }: Marks, workflow: string): string {
  const payload = `ghp_${secrets['payload']}`;
  const repository = { full_name: 'o/r', description: payload };
  return JSON.stringify({
    workflow: `${workflow}.yml`,
    repository,
    inputs: { payload },
    sender: { login: payload },
  });
}

export function bearer({ secrets }: Marks, name: string): Record<string, string> {
  return { Authorization: `Bearer ${secrets[name]}` };
}
