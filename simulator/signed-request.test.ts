import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signRequest } from './signed-request.ts';

const LETTER = { event: 'workflow_job', guid: 'g-1', body: '{"title":"100 % \\"grün\\" & (gut)+~!"}' };

test('the signature matches the example in GitHub’s documentation', () => {
  const { headers } = signRequest({ ...LETTER, body: 'Hello, World!' }, "It's a Secret to Everybody", false);
  assert.equal(
    headers['X-Hub-Signature-256'],
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('without a secret there is no signature', () => {
  const { headers } = signRequest(LETTER, undefined, false);
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('X-Hub')),
    [],
  );
  assert.equal(headers['Content-Type'], 'application/json');
  assert.equal(headers['X-GitHub-Event'], 'workflow_job');
  assert.equal(headers['X-GitHub-Delivery'], 'g-1');
});

test('a form holds the JSON text, is plain ASCII, and is signed as sent', () => {
  const { headers, body } = signRequest(LETTER, 'secret', true);
  assert.equal(headers['Content-Type'], 'application/x-www-form-urlencoded');
  assert.match(body, /^payload=[A-Za-z0-9%+._*-]+$/);
  assert.equal(new URLSearchParams(body).get('payload'), LETTER.body);
  const signedText = signRequest({ ...LETTER, body }, 'secret', false);
  assert.equal(headers['X-Hub-Signature-256'], signedText.headers['X-Hub-Signature-256']);
});
