import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { SharedBodies } from './shared-bodies.ts';

const ONE = new Uint8Array([1]);

/** A response whose client has read it once it is destroyed. */
function response(): ServerResponse {
  return new PassThrough() as unknown as ServerResponse;
}

const turn = () => new Promise(setImmediate);

test('as many bodies as the limit are in memory, each until its last response is over', async () => {
  const bodies = new SharedBodies(2);
  const [a, b, c] = [response(), response(), response()];
  await bodies.get('x', async () => ONE, a);
  await bodies.get('x', async () => ONE, b);
  await turn();
  assert.equal(
    bodies.get('x', async () => ONE, c),
    null,
  );
  a.destroy();
  await turn();
  assert.notEqual(
    bodies.get('x', async () => ONE, c),
    null,
  );
});

test('a body whose clients have all left before it was made takes no place for ever', async () => {
  const bodies = new SharedBodies(1);
  for (let round = 0; round < 3; round += 1) {
    const gate = Promise.withResolvers<Uint8Array>();
    const gone = response();
    const body = bodies.get('x', () => gate.promise, gone);
    assert.ok(body !== null);
    gone.destroy();
    await turn();
    assert.equal(
      bodies.get('y', async () => ONE, response()),
      null,
      'it is still being made',
    );
    gate.resolve(ONE);
    await body;
    await turn();
  }
});

test('the memory of a large body is given back once its last response is over', async () => {
  const bodies = new SharedBodies(2);
  const [a, b] = [response(), response()];
  const make = async () => new Uint8Array(2 ** 20);
  const [one, other] = await Promise.all([bodies.get('x', make, a), bodies.get('x', make, b)]);
  assert.equal(one, other);
  a.destroy();
  await turn();
  assert.equal(one?.length, 2 ** 20);
  b.destroy();
  await turn();
  assert.equal(one?.length, 0);
});

test('whatever comes and goes, nobody gets what began before it asked, and all places are free at the end', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('ask' as const), kind: fc.constantFrom('x', 'y') }),
      fc.record({ do: fc.constantFrom('leave' as const, 'turn' as const), at: fc.nat(20) }),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const bodies = new SharedBodies(3);
      const open: ServerResponse[] = [];
      let now = 0;
      const early: string[] = [];
      const answers: Promise<void>[] = [];
      for (const step of history) {
        now += 1;
        if (step.do === 'ask') {
          const asked = now;
          const client = response();
          const body = bodies.get(
            step.kind,
            async () => {
              const begunAt = now;
              await turn();
              return new Uint8Array([begunAt]);
            },
            client,
          );
          if (body === null) continue;
          open.push(client);
          answers.push(
            body.then(([begunAt = 0]) => {
              if (begunAt < asked) early.push(`${begunAt} < ${asked}`);
            }),
          );
        } else if (step.do === 'leave') open.splice(step.at % (open.length || 1), 1)[0]?.destroy();
        else await turn();
      }
      await Promise.all(answers);
      for (const client of open) client.destroy();
      await turn();
      await turn();
      assert.deepEqual(early, []);
      for (const kind of ['a', 'b', 'c'])
        assert.notEqual(
          bodies.get(kind, async () => ONE, response()),
          null,
        );
    }),
  );
});
