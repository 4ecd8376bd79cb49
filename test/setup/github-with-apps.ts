import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A GitHub whose user confirms every App. https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest */
export interface GitHubWithApps extends AsyncDisposable {
  readonly apiUrl: string;
  /** As they were sent, with the path of the form. */
  readonly manifests: { readonly path: string; readonly manifest: Record<string, unknown> }[];
}

export const CREATED = {
  id: 4711,
  slug: 'ant-watcher-octo-org',
  html_url: 'https://github.com/apps/ant-watcher-octo-org',
  pem: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString(),
  webhook_secret: 'told-by-github-once-and-never-again',
  client_id: 'Iv1.0123456789abcdef',
  client_secret: 'not-needed',
};

export async function startGitHubWithApps(): Promise<GitHubWithApps> {
  const manifests: { path: string; manifest: Record<string, unknown> }[] = [];
  const codes = new Set<string>();
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    if (request.method !== 'POST') return void response.writeHead(404).end('{"message":"Not Found"}');
    if (pathname.endsWith('/settings/apps/new')) {
      const manifest = JSON.parse(new URLSearchParams(await textOf(request)).get('manifest') ?? '{}');
      manifests.push({ path: pathname, manifest });
      const code = `code${manifests.length}`.padEnd(40, '0');
      codes.add(code);
      const back = new URL(manifest.redirect_url);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return void response.writeHead(302, { Location: back.href }).end();
    }
    const [, code = ''] = /^\/api\/v3\/app-manifests\/([^/]+)\/conversions$/.exec(pathname) ?? [];
    if (!codes.delete(code)) return void response.writeHead(404).end('{"message":"Not Found"}');
    response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(CREATED));
  }

  return {
    apiUrl: `${origin}/api/v3`,
    manifests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}
