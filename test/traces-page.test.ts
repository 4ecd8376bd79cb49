import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { JobEntry, RunEntry, TraceEntry } from '../src/domain/trace-entry.ts';
import { resourceSpansOf, type SpanOptions } from '../src/traces/spans.ts';
import { jobEntry, ORIGIN, runEntry } from './fixtures/trace-entries.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/* What docs/traces.md says of ids and of attributes is what the code makes. */

/** GitHub puts the id in its place. */
const CHECK_RUN = /\$\{\{ job\.check_run_id \}\}/g;

const PAGE = readFileSync(join(import.meta.dirname, '../docs/traces.md'), 'utf8');

const OPTIONS: SpanOptions = {
  ...{ ids: 'check-run', style: 'semconv', people: true, serviceName: '{repository}' },
  ...{ webUrl: 'https://github.com', version: '1.2.3' },
};

const origin = { ...ORIGIN, runId: 14796710445, runAttempt: 13 };
const times = { startMs: 1000, endMs: 2000, isClamped: true };

/** With everything that an entry can say. */
const RUN: RunEntry = runEntry({
  ...{ origin, isClamped: true, conclusion: 'failure', refType: 'branch', pullRequest: 7 },
  ...{ reusedWorkflows: ['o/r/.github/workflows/build.yml@v1'] },
  ...{ actor: 'a', triggeringActor: 'b', author: 'c' },
});
const JOB: JobEntry = jobEntry(2, {
  ...{ origin, jobId: 41546348818, name: 'build', isClamped: true, conclusion: 'failure' },
  ...{ failureCause: 'step', failedStep: 'test', approval: times, queue: times, runnerGroupId: 1 },
});

test('a step that does what the page says computes the ids of its trace and of its job', () => {
  const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(PAGE) ?? [];
  const [{ run }] = parse(yaml).jobs.build.steps as [{ run: string }];
  using folder = openTemporaryFolder({ env: '' });
  const file = join(folder.path, 'env');
  execFileSync('sh', ['-eu', '-c', run.replaceAll(CHECK_RUN, String(JOB.jobId))], {
    env: { ...process.env, GITHUB_RUN_ID: '14796710445', GITHUB_RUN_ATTEMPT: '13', GITHUB_ENV: file },
  });
  const [span] = resourceSpansOf([JOB], OPTIONS).flatMap(({ spans }) => spans);
  assert.equal(span?.spanId, 'fb6779d8c7b7c66c');
  assert.equal(readFileSync(file, 'utf8'), `TRACEPARENT=00-${span.traceId}-${span.spanId}-01\n`);
});

/** Where each attribute is, as the page has it: the kinds of spans, or the resource. */
function attributesIn(entries: readonly TraceEntry[]): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  const note = (name: string, place: string) => places.set(name, (places.get(name) ?? new Set()).add(place));
  for (const { resource, spans } of resourceSpansOf(entries, OPTIONS)) {
    for (const [name] of resource) note(name, 'resource');
    for (const { name: span, parentSpanId, attributes, links } of spans) {
      const kind =
        parentSpanId === null
          ? 'root'
          : span === JOB.name
            ? 'job'
            : ['queue', 'approval'].includes(span)
              ? span
              : 'step';
      for (const [name] of attributes) note(name, kind);
      for (const [name] of links.flatMap((link) => link.attributes)) note(name, 'the link of a root');
    }
  }
  return places;
}

test('the table of attributes has each attribute that there is, with the spans that have it', () => {
  const [, table = ''] = /^## Attributes$([\s\S]*?)^## /m.exec(PAGE) ?? [];
  const documented = new Map(
    Array.from(table.matchAll(/^\| (`[^|]*) \| ([^|]*) \|/gm)).flatMap(([, names = '', places = '']) =>
      Array.from(names.matchAll(/`([^`]+)`/g), ([, name = '']) => [
        name,
        places === 'any' ? 'any' : places.split(', ').sort().join(', '),
      ]),
    ),
  );
  const made = attributesIn([
    RUN,
    { ...JOB, steps: JOB.steps.map((step) => ({ ...step, conclusion: 'failure' })) },
  ]);
  assert.deepEqual(
    Object.fromEntries(
      [...made].map(([name, places]) => [
        name,
        documented.get(name) === 'any' ? 'any' : [...places].sort().join(', '),
      ]),
    ),
    Object.fromEntries(documented),
  );
});
