import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceOf } from './resource.ts';

function nameWith(serviceName: string): unknown {
  const attributes = resourceOf('Acme/API_server', { webUrl: 'https://github.com', serviceName });
  return attributes.find(([name]) => name === 'service.name')?.[1];
}

test('a service is named by the template, without the workflow, which a repository has not', () => {
  assert.equal(nameWith('{repository}'), 'api-server');
  assert.equal(nameWith('{owner}/{repository}'), 'acme/api-server');
  assert.equal(nameWith('ci'), 'ci');
  assert.equal(nameWith('ci-{repository}: {workflow}'), 'ci-api-server');
  assert.equal(nameWith('{workflow}'), 'api-server');
});
