import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LastIdle } from './last-idle.ts';

const START = Date.parse('2026-11-23T12:00:00Z');
const MINUTE_MS = 60_000;

/** What is seen of three groups at a look; absent: it does not exist. Or a restart. */
const LOOK = fc.oneof(
  fc.constant('restart' as const),
  fc.record({
    target: fc.constantFrom('octo', 'enterprises/corp'),
    groups: fc.uniqueArray(
      fc.record({ id: fc.constantFrom(1, 2, 3), name: fc.constantFrom('a', 'b'), isFree: fc.boolean() }),
      { selector: ({ id }) => id },
    ),
  }),
);

test('whatever happens to groups, and whenever the process restarts, it is the last look at which the group was free', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(LOOK, { maxLength: 30 }), async (looks) => {
      const stored = new Map<string, string | null>();
      const notes = {
        readNote: async (name: string) => stored.get(name) ?? null,
        writeNote: async (name: string, text: string | null) => void stored.set(name, text),
      };
      let lastIdle = new LastIdle(notes);
      const expected = new Map<string, Map<number, readonly [name: string, atMs: number]>>();
      for (const [at, look] of looks.entries()) {
        const nowMs = START + at * MINUTE_MS;
        if (look === 'restart') lastIdle = new LastIdle(notes);
        await lastIdle.read();
        if (look !== 'restart') {
          const before = expected.get(look.target) ?? new Map<number, readonly [string, number]>();
          const since = look.groups.flatMap(({ id, name, isFree }) => {
            const atMs = isFree ? nowMs : before.get(id)?.[1];
            return atMs === undefined ? [] : [[id, [name, atMs]] as const];
          });
          expected.set(look.target, new Map(since));
          lastIdle.note(look.target, look.groups, nowMs);
        }
        await lastIdle.write(nowMs);
        for (const [target, groups] of expected)
          assert.deepEqual(
            lastIdle
              .readings(target)
              .map(({ labels, value }) => [...labels, value].join())
              .sort(),
            Array.from(groups.values(), ([name, atMs]) => [target, name, atMs / 1000].join()).sort(),
          );
      }
    }),
  );
});
