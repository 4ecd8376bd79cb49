import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AntError } from '../domain/errors.ts';
import type { WorkSpan } from '../domain/work-span.ts';
import { currentWork, traced, type Work } from '../timing/traced.ts';
import { WorkSpans } from './work-spans.ts';

/** Collects spans while `run` works. */
async function listening(
  share: number,
  run: () => Promise<unknown>,
  random = () => 0.5,
): Promise<WorkSpan[]> {
  const spans: WorkSpan[] = [];
  const listener = new WorkSpans({ share, random, onSpan: (span) => spans.push(span) });
  try {
    await run();
  } finally {
    listener.close();
  }
  return spans;
}

const named =
  (name: string, more: Partial<Work> = {}) =>
  () => ({ name, attributes: {}, ...more });

test('while nobody listens, work is neither described nor given', async () => {
  const describe = () => assert.fail('described');
  assert.equal(await traced(describe, async (work) => work), null);
  assert.equal(currentWork(), null);
  assert.deepEqual(await listening(0, () => traced(describe, async () => undefined)), []);
});

test('work within work is its part, also after other work has run in between', async () => {
  const spans = await listening(1, async () => {
    await Promise.all([
      traced(named('a'), async () => {
        await nextTurn();
        await traced(named('a1'), nextTurn);
      }),
      traced(named('b'), async () => {
        await traced(named('b1'), nextTurn);
      }),
    ]);
  });
  const of = (name: string) => spans.find((span) => span.name === name) ?? assert.fail(name);
  assert.equal(spans.length, 4);
  for (const name of ['a', 'b']) {
    const [whole, part] = [of(name), of(`${name}1`)];
    assert.deepEqual([part.traceId, part.parentSpanId], [whole.traceId, whole.spanId]);
    assert.equal(whole.parentSpanId, null);
    assert.ok(whole.startMs <= part.startMs && part.endMs <= whole.endMs);
    assert.match(`${whole.traceId} ${whole.spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/);
  }
  assert.notEqual(of('a').traceId, of('b').traceId);
});

test('a share of the work is traced, always with all of its parts', async () => {
  const chances = [0.1, 0.9, 0.2, 0.8];
  const spans = await listening(
    0.5,
    async () => {
      for (const name of ['a', 'b', 'c', 'd'])
        await traced(named(name), () => traced(named(`${name}1`), nextTurn));
    },
    () => chances.shift() ?? assert.fail('asked for a part'),
  );
  assert.deepEqual(spans.map(({ name }) => name).sort(), ['a', 'a1', 'c', 'c1']);
});

test('work of its own is no part of what is under way; what it does for others is linked', async () => {
  const spans = await listening(1, () =>
    traced(named('request'), async () => {
      const cause = currentWork();
      await traced(named('commit', { causes: [cause, null] }), nextTurn);
      await traced(named('other', { isRoot: true }), nextTurn);
    }),
  );
  const [commit, other, request] = spans;
  assert.deepEqual(
    [commit?.parentSpanId, commit?.links.map(({ spanId }) => spanId)],
    [null, [request?.spanId]],
  );
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 3);
  assert.deepEqual(other?.links, []);
});

test('what is done for nothing that is traced is not traced, nor are the parts of it', async () => {
  const spans = await listening(1, () =>
    traced(named('commit', { causes: [null] }), async () => {
      assert.equal(currentWork(), null);
      await traced(named('part'), nextTurn);
      await traced(named('call', { parent: null }), nextTurn);
    }),
  );
  assert.deepEqual(spans, []);
});

test('an error is named by its code, never by its text, and goes on to the caller', async () => {
  const fails = async () => {
    throw new AntError('store_unavailable', 'secret hunter2');
  };
  const spans = await listening(1, () => assert.rejects(traced(named('a'), fails), /hunter2/));
  assert.equal(spans[0]?.errorType, 'store_unavailable');
  assert.doesNotMatch(JSON.stringify(spans), /hunter2/);
});

test('attributes may be added while the work is under way', async () => {
  const spans = await listening(1, () =>
    traced(named('a'), async (work) => {
      if (work !== null) work.attributes['http.response.status_code'] = 202;
    }),
  );
  assert.deepEqual(spans[0]?.attributes, { 'http.response.status_code': 202 });
});

test('of several listeners the last one makes the spans; when one closes, the others are not cut off', async () => {
  const told: string[] = [];
  const listen = (name: string, share = 1) =>
    new WorkSpans({ share, onSpan: (span) => told.push(`${name} ${span.name}`) });
  const before = listen('before');
  const after = listen('after');
  listen('none', 0).close();
  await traced(named('a'), nextTurn);
  before.close();
  before.close();
  await traced(named('b'), nextTurn);
  const last = listen('last');
  await traced(named('c'), nextTurn);
  last.close();
  await traced(named('d'), nextTurn);
  after.close();
  await traced(() => assert.fail('described'), nextTurn);
  assert.deepEqual(told, ['after a', 'after b', 'last c', 'after d']);
});
