import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestClient, startGitHub } from '../../../test/fixtures/fake-github.ts';
import { messagesOf } from '../../../test/fixtures/logger.ts';
import type { GetOptions } from '../../domain/github-api.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';
const OF_ANTS: GetOptions = { owner: 'octo', priority: 'poll', params: { repo: 'ants' } };
const SAME = '/repos/octo/ants/actions/runs';

interface Lie {
  /** The ids on a page. */
  readonly ids: (page: number) => readonly number[];
  /** What the link to the next page names. */
  readonly next?: (page: number) => string;
  /** Of each entry. */
  readonly title?: string;
}

/** Reads a list that never ends; returns what the reader got, and how often GitHub was asked. */
async function readEndless(
  { ids, next = (page) => `${SAME}?page=${page + 1}`, title }: Lie,
  options = OF_ANTS,
) {
  let page = 0;
  await using server = await startGitHub(({ headers }) => {
    page += 1;
    const address = next(page);
    const link = address.startsWith('/') ? `http://${headers.host}/api/v3${address}` : address;
    const workflow_runs = ids(page).map((id) => ({ id, title }));
    return { body: { total_count: 3, workflow_runs }, headers: { Link: `<${link}>; rel="next"` } };
  });
  await using client = openTestClient(server.url);
  const answers = await Array.fromAsync(client.github.pages(RUNS, options));
  const last = answers.at(-1);
  const counts = client.counts();
  return {
    pages: answers.length - 1,
    requests: server.arrived.length,
    last: last?.kind === 'failed' ? (last.implausible ?? last.reason) : last?.kind,
    counted: Object.keys(counts).filter((name) => name.startsWith('implausible')),
    messages: messagesOf(client.warnings),
  };
}

const fresh = (page: number) => [page * 2, page * 2 + 1];

const LIES: Readonly<Record<string, Lie & { readonly is: string; readonly requests: number }>> = {
  'the same page under a new link': { ids: () => [1, 2], is: 'repeated_page', requests: 2 },
  'two pages in turn, under new links': {
    ids: (page) => (page % 2 === 0 ? [1, 2] : [3, 4]),
    is: 'repeated_page',
    requests: 3,
  },
  'the first page again': { ids: fresh, next: () => `${SAME}`, is: 'circle', requests: 1 },
  'page 2 and page 1 in turn': {
    ids: fresh,
    next: (page) => `${SAME}?page=${(page % 2) + 1}`,
    is: 'circle',
    requests: 2 + 1,
  },
  'empty pages': { ids: () => [], is: 'empty_pages', requests: 11 },
  'another list': { ids: fresh, next: () => '/repos/octo/ants/issues?page=2', is: 'other_list', requests: 1 },
  'another host': {
    ids: fresh,
    next: () => 'http://127.0.0.2:1/api/v3/repos/octo/ants/actions/runs?page=2',
    is: 'the next page is on another host',
    requests: 1,
  },
  'fresh pages without end': { ids: fresh, is: 'too_long', requests: 100 },
};

for (const [name, { is, requests, ...lie }] of Object.entries(LIES))
  test(`reading an endless list stops: ${name}`, async () => {
    const read = await readEndless(lie);
    assert.equal(read.last, is);
    assert.equal(read.requests, requests);
    if (is.includes(' ')) return;
    assert.deepEqual(read.counted, [`implausible_answers_total{${RUNS},${is}}`]);
    assert.deepEqual(read.messages, ['GitHub answer implausible; trying again later']);
  });

test('the pages before are returned, and a reader may set a lower limit', async () => {
  const read = await readEndless({ ids: fresh }, { ...OF_ANTS, limit: { pages: 4 } });
  assert.deepEqual([read.pages, read.requests, read.last], [4, 4, 'too_long']);
});

test('reading a list stops at a size limit too', async () => {
  const read = await readEndless(
    { ids: fresh, title: 'x'.repeat(6_000_000) },
    { ...OF_ANTS, limit: { pages: 10 } },
  );
  assert.equal(read.last, 'too_long');
  assert.ok(read.requests < 5, `${read.requests} requests`);
});

test('a page with more entries than GitHub sends is not used', async () => {
  const many = (page: number) => Array.from({ length: 101 }, (_, at) => page * 1000 + at);
  const read = await readEndless({ ids: many });
  assert.deepEqual([read.pages, read.requests, read.last], [0, 1, 'crowded_page']);
});

test('links with ids of repositories and owners are followed, and pages may overlap', async () => {
  for (const [route, next] of [
    [RUNS, '/repositories/7/actions/runs?page=2'],
    ['/orgs/{org}/repos', '/organizations/7/repos?page=2'],
    ['/users/{username}/repos', '/user/7/repos?page=2'],
    ['/installation/repositories', '/installation/repositories?page=2'],
  ] as const) {
    await using server = await startGitHub(({ path, headers }) => {
      const isLast = path.includes('page=2');
      const link = `<http://${headers.host}/api/v3${next}>; rel="next"`;
      return isLast ? { body: [{ id: 2 }] } : { body: [{ id: 1 }, { id: 2 }], headers: { Link: link } };
    });
    await using client = openTestClient(server.url);
    const params = { repo: 'ants', username: 'octo' };
    const owner = route.startsWith('/installation') ? null : 'octo';
    const answers = await Array.fromAsync(client.github.pages(route, { owner, priority: 'poll', params }));
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['ok', 'ok'],
      route,
    );
  }
});
