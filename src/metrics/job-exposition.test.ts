import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { renderExposition } from './exposition.ts';
import { JobNumbers } from './job-numbers.ts';
import { Registry } from './registry.ts';

test('metrics of jobs come last, by name, and both formats stay correct when a counter has the name of a gauge', async () => {
  const registry = new Registry([], {
    logger: SILENT,
    steady: () => 0,
    labelPolicy: new Map(),
    maxSeries: 10,
  });
  const jobNumbers = new JobNumbers({ maxSeries: 10, steady: () => 0 });
  const labels = ['repository', 'o/r', 'workflow', 'CI "x"'];
  const told = ['job_a', 'job_a_total', 'job_b_total'].map((metric) => ({
    metric,
    labels,
    value: 1.5,
    atMs: 1,
  }));
  jobNumbers.apply(told.reverse());
  const render = async (format: 'text' | 'openmetrics') =>
    Buffer.from(await renderExposition({ registry, jobNumbers, readings: [], format })).toString();
  const value = '{repository="o/r",workflow="CI \\"x\\""} 1.5';
  const help = 'Handed in by jobs.';
  assert.equal(
    await render('text'),
    `# HELP job_a ${help}\n# TYPE job_a gauge\njob_a${value}\n` +
      `# HELP job_a_total ${help}\n# TYPE job_a_total counter\njob_a_total${value}\n` +
      `# HELP job_b_total ${help}\n# TYPE job_b_total counter\njob_b_total${value}\n`,
  );
  assert.equal(
    await render('openmetrics'),
    `# HELP job_a ${help}\n# TYPE job_a gauge\njob_a${value}\n` +
      `# HELP job_a_total ${help}\n# TYPE job_a_total unknown\njob_a_total${value}\n` +
      `# HELP job_b ${help}\n# TYPE job_b counter\njob_b_total${value}\n# EOF\n`,
  );
});
