import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../http/http-server.ts';
import { APP_PARTS, type AppManifest, type AppPlan, manifestOf, newAppUrl } from './app-manifest.ts';

/** A page on this machine, with the manifest and a button that sends it to GitHub. */
export interface SetupPage extends AsyncDisposable {
  readonly url: string;
  /** What GitHub hands to the browser once the App exists; never rejects. */
  readonly code: Promise<string>;
}

const LOOPBACK = '127.0.0.1';
/** GitHub's codes have 40 hexadecimal digits. */
const CODE = /^[A-Za-z0-9_-]{8,128}$/;

interface Answer {
  readonly status: number;
  /** HTML. */
  readonly body: string;
}

const HEADERS = {
  // Where the form may lead is left open: GitHub may send the browser on to a company's login first.
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};
const NOT_OURS = 'This is not the answer to the page of this command. Start at its address again.';

/** Opens the page on a loopback port; 0: any. Throws `listen_failed`. */
export async function openSetupPage(
  plan: AppPlan,
  { webUrl, port }: { webUrl: string; port: number },
): Promise<SetupPage> {
  const state = randomBytes(24).toString('base64url');
  const { promise: code, resolve } = Promise.withResolvers<string>();
  const server = createServer((request, response) => send(response, answerTo(request)));
  const { port: own } = await listen(server, { host: LOOPBACK, port });
  const host = `${LOOPBACK}:${own}`;
  const action = newAppUrl(webUrl, plan.org);
  action.searchParams.set('state', state);
  const manifest = manifestOf(plan, `http://${host}/created`);

  function answerTo(request: IncomingMessage): Answer {
    // Another site that has its own name lead here is no visitor of this page.
    if (request.headers.host !== host || request.method !== 'GET')
      return { status: 403, body: 'Not for you.' };
    const address = `http://${host}${request.url}`;
    const { pathname, searchParams } = new URL(URL.canParse(address) ? address : `http://${host}/*`);
    if (pathname === '/') return { status: 200, body: formPage(plan, manifest, action) };
    if (pathname !== '/created') return { status: 404, body: 'Nothing is here.' };
    const given = searchParams.get('code') ?? '';
    if (!isEqual(searchParams.get('state') ?? '', state) || !CODE.test(given))
      return { status: 400, body: NOT_OURS };
    resolve(given);
    return { status: 200, body: DONE };
  }

  function send(response: ServerResponse, { status, body }: Answer): void {
    response.writeHead(status, HEADERS);
    response.end(pageOf(body));
  }

  return {
    url: `http://${host}/`,
    code,
    async [Symbol.asyncDispose]() {
      // The browser has its last page: the App was fetched since.
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const DONE = '<h1>The App exists.</h1><p>The rest is in the terminal. You can close this page.</p>';

function formPage({ name, org, webhookUrl, parts }: AppPlan, manifest: AppManifest, action: URL): string {
  const rows = parts.map((part) => {
    const { what, permissions, events } = APP_PARTS[part];
    return `<tr><td>${html(what)}</td><td>${html(permissions.join(', '))}</td><td>${html(events.join(', ') || '–')}</td></tr>`;
  });
  return `<h1>Create the GitHub App</h1>
<p>GitHub will show a name to confirm, and create the App <b>${html(name)}</b> for ${org === null ? 'your own account' : `the organization <b>${html(org)}</b>`}.
It may only read, and sends webhooks to <b>${html(webhookUrl)}</b>. Nothing else at GitHub is changed.</p>
<table><thead><tr><th>for</th><th>may read</th><th>is sent</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<form method="post" action="${html(action.href)}">
<input type="hidden" name="manifest" value="${html(JSON.stringify(manifest))}">
<button type="submit">Create it at ${html(action.host)}</button>
</form>`;
}

function pageOf(body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ant-watcher: set up</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; }
button { font: inherit; padding: .6rem 1.2rem; cursor: pointer; }
</style></head><body>${body}</body></html>
`;
}

function html(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (each) => names[each] ?? each);
}
