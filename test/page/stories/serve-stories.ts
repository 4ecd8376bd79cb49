import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type EventStream, EventStreams } from './event-streams.ts';

/** Security headers as the service sends them, so that what breaks the policy is seen here already. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
const DOCUMENT = `<!doctype html><html lang="en"><title>Components</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/styles.css"><script type="module" src="/stories.js"></script>
<body><div id="page" class="stories"></div></body></html>`;

export interface ServedStories extends AsyncDisposable {
  readonly url: string;
  /** The next stream of events that a page opens at `/events`. */
  stream(): Promise<EventStream>;
  /** Refuses that many requests for a stream. */
  refuse(count: number): void;
}

/** Serves the stories on a free port. */
export async function serveStories(): Promise<ServedStories> {
  const streams = new EventStreams();
  const files = await buildStories();
  const server = createServer((request, response) => {
    if (request.url === '/events') return streams.answer(request, response);
    const name = request.url?.slice(1) ?? '';
    const body = files.get(name);
    const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'text/html';
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Content-Type', `${body === undefined ? 'text/html' : type}; charset=utf-8`);
    response.end(body ?? DOCUMENT);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stories are not served.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stream: () => streams.next(),
    refuse: (count) => streams.refuse(count),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function buildStories(): Promise<Map<string, string>> {
  const dashboard = join(import.meta.dirname, '../../../dashboard');
  const { outputFiles } = await build({
    entryPoints: {
      stories: join(import.meta.dirname, 'stories.tsx'),
      styles: join(import.meta.dirname, 'stories.css'),
    },
    ...{ bundle: true, write: false, format: 'esm', outdir: 'out', logLevel: 'warning' },
    tsconfig: join(dashboard, 'tsconfig.json'),
  });
  return new Map(outputFiles.map(({ path, text }) => [path.split('/').at(-1) ?? '', text]));
}
