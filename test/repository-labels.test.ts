import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { createRandom } from '../simulator/random.ts';
import { parseLabelPolicy } from '../src/domain/label-policy.ts';
import type { RepositoryLabel } from '../src/domain/repository-labels.ts';
import { CASES } from './cases.ts';
import { deliveryOf, openPipeline, type PipelineOptions, type Webhook } from './pipeline.ts';
import { readable } from './readable.ts';
import { NOW, smallWorlds } from './small-worlds.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * Labels of repositories, where their custom properties change all the time: each number is counted once, under one
 * value, and under the same in whatever order deliveries arrive.
 */

const LABELS: readonly RepositoryLabel[] = [
  { label: 'team', property: 'team', values: [] },
  { label: 'tier', property: 'service_tier', values: [] },
];
const TEAMS = ['payments', ['web', 'ads'], '', null, 'a "team"\n'];

function policyOf(text: string) {
  const parsed = parseLabelPolicy(text);
  assert.ok('policy' in parsed);
  return parsed.policy;
}

/** Each delivery with the properties that `choose` gives it; undefined: a payload without them. */
function withProperties(
  world: readonly Webhook[],
  choose: (payload: Record<string, Record<string, unknown>>, at: number) => unknown,
): Webhook[] {
  const changed = world.map((sent, at) => {
    const payload = JSON.parse(sent.body);
    const custom_properties = choose(payload, at);
    return {
      ...sent,
      body: JSON.stringify({ ...payload, repository: { ...payload.repository, custom_properties } }),
    };
  });
  return [...readable(changed)];
}

async function textOf(world: readonly Webhook[], options: Partial<PipelineOptions> = {}): Promise<string> {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW }, batchSize: 7, ...options });
  await pipeline.accept(world.map((each) => deliveryOf(each, NOW)));
  await pipeline.settle();
  return pipeline.text();
}

function shuffled(world: readonly Webhook[], seed: number): Webhook[] {
  const random = createRandom(`${seed}`);
  return world
    .map((each) => ({ each, place: random.int(0, 2 ** 30) }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);
}

test('where properties change from run to run, the numbers of each team depend on no order and no repetition', async () => {
  const cases = fc.record({ world: smallWorlds, seed: fc.nat(), team: fc.nat() });
  await fc.assert(
    fc.asyncProperty(cases, async ({ world, seed, team }) => {
      const sent = withProperties(world, (payload) => {
        const runId = Number(payload['workflow_run']?.['id'] ?? payload['workflow_job']?.['run_id'] ?? 0);
        return { team: TEAMS[(runId + team) % TEAMS.length], service_tier: String(runId % 2) };
      });
      const inOrder = await textOf(sent, { repositoryLabels: LABELS });
      const again = shuffled([...sent, ...shuffled(sent, seed + 1).slice(0, 5)], seed);
      assert.deepEqual(differences(await textOf(again, { repositoryLabels: LABELS }), inOrder), []);
    }),
    { numRuns: Math.max(5, Math.round(150 * CASES)) },
  );
});

test('where properties change from delivery to delivery, the teams together have the numbers of all', async () => {
  const cases = fc.record({ world: smallWorlds, seed: fc.nat() });
  await fc.assert(
    fc.asyncProperty(cases, async ({ world, seed }) => {
      const sent = withProperties(shuffled(world, seed), (_, at) =>
        (at + seed) % 6 === 5 ? undefined : { team: TEAMS[(at + seed) % 6] },
      );
      const plain = await textOf(sent);
      const folded = { repositoryLabels: LABELS, labelPolicy: policyOf('*: -team, -tier') };
      assert.deepEqual(differences(await textOf(sent, folded), plain), []);
      // And without the repository nothing is lost or counted twice.
      const byTeam = await textOf(sent, {
        repositoryLabels: LABELS,
        labelPolicy: policyOf('*: -repository, -workflow, -file'),
      });
      assert.deepEqual(sumsOf(byTeam), sumsOf(plain));
    }),
    { numRuns: Math.max(5, Math.round(100 * CASES)) },
  );
});

test('what is counted later has the labels of its own delivery: changes, a restart and a reload in between do not matter', async () => {
  const cases = fc.record({ world: smallWorlds, team: fc.nat() });
  let later = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ world, team }) => {
      using folder = openTemporaryFolder();
      const sent = withProperties(world, (payload) => ({
        team: TEAMS[(Number(payload['repository']?.['id']) + team) % TEAMS.length],
      }));
      const expected = countersOf(await textOf(sent, { repositoryLabels: LABELS }));
      const unlabelled = expected.filter((line) => line.includes('repository=') && !line.includes(',team='));
      assert.deepEqual(unlabelled, []);
      const options = { url: `sqlite:${join(folder.path, 'a.db')}`, clock: { nowMs: NOW } };
      {
        await using before = await openPipeline({ ...options, repositoryLabels: LABELS });
        await before.accept([...sent, ...movedTo('another', sent)].map((each) => deliveryOf(each, NOW)));
        await before.process();
        later += Number(!isDeepStrictEqual(countersOf(await before.text()), expected));
      }
      await using after = await openPipeline({ ...options, repositoryLabels: team % 2 === 0 ? LABELS : [] });
      await after.settle();
      assert.deepEqual(countersOf(await after.text()), expected);
    }),
    { numRuns: Math.max(5, Math.round(30 * CASES)) },
  );
  assert.ok(later > 0, 'nothing was counted later');
});

/** Events by which all repositories get another team. */
function movedTo(team: string, sent: readonly Webhook[]): Webhook[] {
  const repositories = sent.map(({ body }) => JSON.parse(body).repository);
  return [...new Map(repositories.map((each) => [each.full_name, each])).values()].map((each) => ({
    ...{ guid: `moved ${each.full_name}`, event: 'custom_property_values' },
    body: JSON.stringify({
      ...{ action: 'updated', repository: { ...each, custom_properties: { team } } },
    }),
  }));
}

/** The lines of counters and of histograms. */
function countersOf(text: string): string[] {
  return text.split('\n').filter((line) => /^\w+_(total|bucket|sum|count)\{/.test(line));
}

/** The lines that only one of them has. */
function differences(one: string, other: string): string[] {
  const [ofOne, ofOther] = [new Set(one.split('\n')), new Set(other.split('\n'))];
  return [...ofOne.symmetricDifference(ofOther)];
}

/** The sum of each counter and of each count of a histogram, in millionths, so that it is exact. */
function sumsOf(text: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name = ''] = /^(\w+(?:_total|_count))\{/.exec(line) ?? [];
    if (name !== '')
      sums.set(name, (sums.get(name) ?? 0) + Math.round(1e6 * Number(line.slice(line.lastIndexOf(' ')))));
  }
  return sums;
}
