import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['webhook.port', 'webhook.path', 'api.port', 'log.level'];

test('the nearest name is found despite an extra, missing, wrong or swapped letter, in any case', () => {
  for (const typed of ['webhook.portt', 'webhok.port', 'wevhook.port', 'webhook.prot', 'WEBHOOK.PORT']) {
    assert.equal(nearestName(typed, KNOWN), 'webhook.port', typed);
  }
});

test('two swapped letters are one mistake, not two', () => {
  assert.equal(nearestName('abc', ['bacx', 'bac']), 'bac');
  assert.equal(nearestName('serev', ['seven', 'serve']), 'serve');
});

test('nothing is suggested for a name that is far from all others', () => {
  assert.equal(nearestName('kubernetes', KNOWN), undefined);
  const short = ['from', 'to', 'q', 'by', 'sort', '1m', '--form'];
  for (const typed of ['for', 'tz', 'x', 'job', 'ru', 'org', '2m', '--foo'])
    assert.equal(nearestName(typed, short), undefined, typed);
  assert.equal(nearestName('form', short), 'from');
});
