import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { openRoutes } from '../../test/fixtures/routes.ts';
import { addOpenApiRoute } from './openapi-route.ts';

test('the document is read once, however many ask', async (context) => {
  const reading = context.mock.method(fs, 'readFileSync');
  syncBuiltinESMExports();
  const { get } = openRoutes(addOpenApiRoute);
  const ask = () => get('/api/v1/openapi.json');
  const answers = [...(await Promise.all([ask(), ask()])), await ask()];
  reading.mock.restore();
  syncBuiltinESMExports();
  for (const answer of answers) {
    assert.match(answer.json().openapi, /^3\./);
    assert.equal(answer.body, answers[0]?.body);
  }
  const read = reading.mock.calls.filter(({ arguments: [file] }) => String(file).endsWith('openapi.yaml'));
  assert.equal(read.length, 1);
});
