import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueProblem } from './problem.ts';
import { listSettings } from './settings.ts';

function problemOf(name: string, ...texts: string[]) {
  const setting = listSettings().find((each) => each.name === name);
  assert.ok(setting !== undefined);
  assert.equal(setting.kind.read(texts), undefined);
  return valueProblem({ setting, texts, from: 'c.yaml line 1' });
}

test('in a list, the wrong item is named, whether written as one text or as a list', () => {
  for (const [name, right, wrong, advice] of [
    ['github.repositories', 'octo/hill', 'octo', /write octo\/\* for all/],
    ['webhook.allowed_ips', 'github', 'hooks.example.com', /is a name/],
    ['webhook.trusted_proxies', '10.0.0.0/8', '10.0.0.0/33', /no address/],
    ['push.extra_labels', 'a=b', 'le=1', /leave out le/],
    ['api.public', 'read', 'all', /for example/],
    ['jobs.allowed_owners', '1', 'octo', /gh api users/],
    ['metrics.duration_buckets', '1s', '10', /for example/],
    ['metrics.branch_groups', 'a=b', 'other=c', /always there/],
    ['metrics.label_policy', 'jobs_total: -job_name', 'job_total: -job_name', /no metric "job_total"/],
    ['prices.rules', 'a=linux', 'b=nonsense', /price table/],
  ] as const) {
    const joint = listSettings().find((each) => each.name === name)?.kind.joint ?? ', ';
    const shown = new RegExp(`; item 2 is ${RegExp.escape(JSON.stringify(wrong))}$`);
    for (const texts of [[right, wrong], [`${right}${joint}${wrong}`]]) {
      const { what, hint } = problemOf(name, ...texts);
      assert.match(what, shown, name);
      assert.match(hint, advice, name);
    }
  }
});

test('a receiver is one URL, and the hint explains how to write several', () => {
  for (const text of ['http://a,vm:8428', 'http://a, http://b', 'a=http://a/x?y=1,b=http://b'])
    assert.match(problemOf('push.url', text).hint, /several receivers, use sinks/);
  assert.match(problemOf('push.url', 'vm:8428').hint, /write http:\/\/vm:8428/);
  assert.match(problemOf('push.url', 'vm=http://a').hint, /write http:\/\/a; .* sinks/);
});

test('for secrets, only the position in the list is shown', () => {
  const { what, hint } = problemOf('api.basic_auth', 'ann:hunter2', 'hunter2');
  assert.match(what, /; item 2 is not$/);
  assert.doesNotMatch(`${what}${hint}`, /hunter2/);
});

test('when each item is valid but the list is not, the whole list is shown with the reason', () => {
  const { what, hint } = problemOf('metrics.duration_buckets', '1m', '10s');
  assert.match(what, /, not "1m, 10s"$/);
  assert.equal(hint, '10s comes after 1m but is not longer');
  assert.match(problemOf('metrics.branch_groups', 'a=b', 'a=c').hint, /repeats a name/);
});

test('a list for a single value is shown as written', () => {
  assert.match(problemOf('webhook.port', '1', '2').what, /from 0 to 65535, not "1, 2"$/);
});
