import assert from 'node:assert/strict';
import { createRandom } from '../../simulator/random.ts';
import { MAX_TEXT_LENGTH } from '../../src/domain/cut-text.ts';
import type { JobNumber } from '../../src/domain/observation.ts';
import { job, run } from '../fixtures/states.ts';
import { commit, load, NOW, type StoreCase } from './store-case.ts';

/** Any text of that length, which can't be packed: three bytes a character. */
function longText(seed: string, length = MAX_TEXT_LENGTH): string {
  const random = createRandom(seed);
  return Array.from({ length }, () => String.fromCharCode(random.int(0x4e00, 0x9fff))).join('');
}

/** As many labels, as long, as one number may have: with what has to be escaped. */
function longNumber(seed: string, value: number): JobNumber {
  const labels = Array.from({ length: 10 }, (_, at) => [
    `label_${at}`,
    `\\"\n${longText(`${seed} ${at}`, 197)}`,
  ]);
  return { metric: 'job_tests_total', labels: labels.flat(), value, atMs: NOW };
}

/** What every store promises about texts as long as they may be: indexes of some databases hold none of these. */
export const LONG_TEXT_CASES: Readonly<Record<string, StoreCase>> = {
  async 'finds jobs by names of any length, which begin alike'(open) {
    await using store = await open();
    const names = [longText('a'), `${longText('a').slice(0, -1)}x`];
    const jobs = names.map((name, at) =>
      job({ jobId: at + 1, name, workflow: name, headBranch: name, runnerName: name }),
    );
    await commit(store, { jobs });
    for (const [at, name] of names.entries()) {
      const { jobs: found } = await load(store, {
        jobs: [{ jobId: 99, runId: job().runId, name }],
        runs: [],
      });
      assert.deepEqual(
        found.map((each) => ({ ...each })),
        [jobs[at]],
      );
    }
  },

  async 'stores runs with names of any length'(open) {
    await using store = await open();
    const runs = [null, `.github/workflows/${'x'.repeat(900)}.yml`].map((workflowFile, at) =>
      run({ runId: at + 1, workflowFile, workflow: longText('w'), headBranch: longText('b') }),
    );
    await commit(store, { runs });
    const keys = runs.map(({ runId, runAttempt }) => ({ runId, runAttempt }));
    const { runs: found } = await load(store, { jobs: [], runs: keys });
    assert.deepEqual(
      found.map((each) => ({ ...each })),
      runs,
    );
  },

  async 'adds to, and deletes, numbers of jobs with labels of any length'(open) {
    await using store = await open();
    await commit(store, { numbers: [longNumber('a', 1), longNumber('b', 5)] });
    await commit(store, { numbers: [longNumber('a', 2)] });
    const held = (await store.readSeries()).numbers.toSorted((a, b) => a.value - b.value);
    assert.deepEqual(held, [longNumber('a', 3), longNumber('b', 5)]);
    await store.deleteSeries(() => [longNumber('a', 3)]);
    assert.deepEqual((await store.readSeries()).numbers, [longNumber('b', 5)]);
  },
};
