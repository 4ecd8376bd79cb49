import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../../test/fixtures/api-listener.ts';
import { answerQuery, type Queries } from '../../queries/all-queries.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { OPERATIONS } from './operations.ts';

/*
 * A name that can't match anything is refused by every operation: an answer about nothing would look as if all were
 * well.
 */

const NOW = Date.parse('2026-11-28T12:00:00Z');
const NEEDED: Readonly<Record<string, string>> = {
  workflowSteps: '&repository=o/r&workflow=CI',
  capacity: '&runs_on=x',
};

const repositoryLabels = new Map([['o/r', [{ label: 'team', value: 'web', from: 'file' } as const]]]);

function open(context: Parameters<typeof openFixture>[0]) {
  const reader = fakeReader({ nowMs: NOW, repositoryLabels });
  const queries = {
    ask: (name: string, query: unknown) => answerQuery(name, reader, query),
  } as Queries;
  return openFixture(context, { queries, clock: () => NOW, webUrl: () => 'https://github.com' });
}

async function refusal(url: string) {
  const { status, text } = await ask(url);
  return [status, JSON.parse(text).error] as const;
}

for (const [filter, value, message] of [
  ['repository_label', 'nix=a', 'Repositories have no label "nix". There is team.'],
  [
    'branch',
    'main',
    /^There is no class of branches "main"\. There are pull_request, merge_queue, default, other\./,
  ],
] as const)
  test(`${filter}=${value} is refused wherever there is this filter`, async (context) => {
    const { url } = await open(context);
    const operations = Object.entries(OPERATIONS).filter(([, { parameters }]) => filter in parameters);
    assert.ok(operations.length > 10, String(operations.length));
    for (const [name, { path }] of operations) {
      const [status, error] = await refusal(`${url}${path}?${filter}=${value}${NEEDED[name] ?? ''}`);
      assert.deepEqual([status, error.code], [400, 'name_unknown'], `${name} ${JSON.stringify(error)}`);
      assert.match(error.message, new RegExp(message));
    }
  });

test('repository_label without a name or a value is refused wherever there is this filter', async (context) => {
  const { url } = await open(context);
  for (const [name, { path, parameters }] of Object.entries(OPERATIONS)) {
    if (!('repository_label' in parameters)) continue;
    for (const text of ['team', 'team=', '=web']) {
      const [status, error] = await refusal(`${url}${path}?repository_label=${text}${NEEDED[name] ?? ''}`);
      assert.deepEqual([status, error.code], [400, 'bad_request'], `${name} ${text}`);
      assert.match(error.message, /LABEL=VALUE/);
    }
  }
});

test('group_label=nix is refused wherever there is a grouping, and without by=repository_label', async (context) => {
  const { url } = await open(context);
  const operations = Object.values(OPERATIONS).filter(({ parameters }) => 'group_label' in parameters);
  assert.equal(operations.length, 3);
  for (const { path } of operations) {
    const [status, error] = await refusal(`${url}${path}?by=repository_label&group_label=nix`);
    assert.deepEqual([status, error.code], [400, 'name_unknown'], path);
    const [, useless] = await refusal(`${url}${path}?group_label=team`);
    assert.deepEqual(
      [useless.code, useless.message],
      ['bad_request', 'group_label is for by=repository_label.'],
      path,
    );
  }
});
