import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorResponse } from '../http/json-response.ts';
import { acceptsCoding } from './content-negotiation.ts';
import { NOT_FOUND } from './reply.ts';
import type { Answer } from './routing/answer.ts';
import type { ApiRequest, Routes } from './routing/route-table.ts';

/** Where `npm run build` puts the page. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../dashboard/dist/', import.meta.url));

/** Addresses of views: all are the same document, which reads its own address. */
export const VIEW_PATHS = [
  '/',
  '/queues',
  '/capacity',
  '/workflows',
  '/jobs',
  '/runs',
  '/runs/:id',
  '/failures',
  '/deployments',
  '/cost',
  '/runners',
  '/health-page',
] as const;

/** Scripts, styles, answers and pictures of this address alone: nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};
/** Built files have a hash of their content in the name, so none ever changes. */
const ASSET_NAME = /^[\w.-]+-[A-Z0-9]{8}\.(js|css|svg)$/;
const FOREVER = 'public, max-age=31536000, immutable';
/** Best first, with the end of the file's name. */
const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ant-watcher: the page is not built</title>
<h1>The page is not built</h1>
<p>Run <code>npm run build</code> in the folder of ant-watcher, then load this again. It needs what <code>npm ci --omit=dev</code> leaves out; a plain <code>npm ci</code> builds the page itself, and the package has it built.</p>
<p>Everything else works: <a href="/metrics">/metrics</a>, <a href="/health">/health</a>, <a href="/api/v1/jobs">/api/v1/jobs</a>.</p>
</html>
`;

/** Adds the page: its document at the address of each view, and the files that it loads. */
export function addPageRoutes(routes: Routes, folder: string = PAGE_FOLDER): void {
  const readAsset = createReader(join(folder, 'assets'));

  async function document(): Promise<Answer> {
    const headers = { 'Content-Security-Policy': POLICY, 'Content-Type': TYPES.html };
    const built = await read(join(folder, 'index.html'));
    return { status: built === null ? 503 : 200, headers, body: built ?? NOT_BUILT };
  }

  async function asset({ param: name, headers: asked }: ApiRequest): Promise<Answer> {
    const [, kind] = ASSET_NAME.exec(name) ?? [];
    if (kind === undefined) return NOT_FOUND;
    const accepted = asked['accept-encoding'];
    const [coding, ending] = CODINGS.find(([each]) => acceptsCoding(accepted, each)) ?? [null, ''];
    const body = await readAsset(`${name}${ending}`);
    if (body === null) return GONE;
    const headers = { Vary: 'Accept-Encoding', 'Cache-Control': FOREVER, 'Content-Type': TYPES[kind] };
    return {
      status: 200,
      headers: coding === null ? headers : { ...headers, 'Content-Encoding': coding },
      body,
    };
  }

  for (const path of VIEW_PATHS) routes.get(path, document);
  routes.get('/assets/:name', asset);
}

const GONE = errorResponse('not_found', { message: 'This is no file of the page. Load the page again.' });

/** Reads each file once, when it is first asked for. Null: there is none; that is looked up again. */
function createReader(folder: string): (name: string) => Promise<Buffer | null> {
  const files = new Map<string, Buffer>();
  return async (name) => {
    const body = files.get(name) ?? (await read(join(folder, name)));
    if (body !== null) files.set(name, body);
    return body;
  };
}

async function read(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
