import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf } from './request-path.ts';

test('a path is normalised, however the request line writes it', () => {
  for (const target of [
    '/webhook',
    '/webhook/',
    '//webhook//',
    '/webhook?a=/b',
    '/webhook/?',
    '/web%68ook',
    'https://ants.example/webhook/',
    'HTTP://ants.example:8080//webhook',
  ])
    assert.equal(pathOf(target), '/webhook', target);
  for (const target of ['', '/', '//', '?a=b', 'http://ants.example'])
    assert.equal(pathOf(target), '/', target);
  assert.equal(pathOf('/a%2fb/%c3%a4/'), '/a%2Fb/%C3%A4', 'an encoded slash is not a separator');
  assert.equal(pathOf('/webhook/more'), '/webhook/more');
  assert.equal(pathOf('/Webhook'), '/Webhook');
  assert.equal(pathOf('/100%'), '/100%');
});
