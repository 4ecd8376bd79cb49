import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Golden,
  JOB_COMPLETED,
  JOB_EXPECTED,
  JOB_SKIPPED,
  JOB_SKIPPED_EXPECTED,
  RUN_COMPLETED,
  RUN_EXPECTED,
  RUN_EXPECTED_LINK,
} from '../../test/githubreceiver/golden.ts';
import { traced } from '../../test/traced.ts';
import { STATUS_CODE } from '../otlp/trace-data.ts';
import { resourceSpansOf, type SpanOptions } from './spans.ts';

const OPTIONS: SpanOptions = {
  ids: 'check-run',
  style: 'githubreceiver',
  people: true,
  serviceName: '{repository}',
  webUrl: 'https://github.com',
  version: '1.2.3',
};

/** What we make of a payload, in the form of the golden files. */
async function ours(event: string, payload: object, options: Partial<SpanOptions> = {}): Promise<Golden> {
  const sent = [{ guid: 'one', event, body: JSON.stringify(payload) }];
  const { entries } = await traced(sent, Date.UTC(2026, 0, 1));
  const [made, ...others] = resourceSpansOf(entries, { ...OPTIONS, ...options });
  assert.ok(made);
  assert.deepEqual(others, []);
  return {
    traceId: made.spans[0]?.traceId ?? '',
    resource: Object.fromEntries(made.resource) as Golden['resource'],
    spans: made.spans.map(({ name, kind, spanId, parentSpanId, startMs, endMs, status, attributes }) => ({
      ...{ name, kind, spanId, parentSpanId: parentSpanId ?? '', start: startMs / 1000, end: endMs / 1000 },
      status: {
        ...(status !== null && status.code !== STATUS_CODE.unset && { code: status.code }),
        ...(status !== null && { message: status.message }),
      },
      attributes: Object.fromEntries(attributes) as Golden['resource'],
    })),
  };
}

/** Each value that differs, as `where name: theirs → ours`, of what the golden file has. */
function differences(golden: Golden, made: Golden): string[] {
  const found: string[] = [];
  const compare = (where: string, theirs: object, own: object) => {
    for (const [name, value] of Object.entries(theirs)) {
      const mine = (own as Record<string, unknown>)[name];
      const [was, is] = [JSON.stringify(value), JSON.stringify(mine) ?? 'none'];
      if (was !== is) found.push(`${where} ${name}: ${was} → ${is}`);
    }
  };
  compare('trace', { id: golden.traceId }, { id: made.traceId });
  compare('resource', golden.resource, made.resource);
  for (const { attributes: theirs = {}, ...span } of golden.spans) {
    const { attributes: own = {}, ...rest } = made.spans.find(({ name }) => name === span.name) ?? {};
    compare(span.name, span, rest);
    compare(span.name, theirs, own);
  }
  return found;
}

/* Each difference that there is, with its reason: docs/traces.md repeats them for users. */

/** Of a job, the resource names the pipeline after the job. Not copied: one pipeline has one name. */
const NAMED_AFTER_JOB = (job: string, workflow: string) =>
  `resource cicd.pipeline.name: "${job}" → "${workflow}"`;
/** The node id is that of the check run, not of a runner, and nobody asked for it. */
const NODE_ID = (id: string) => `resource cicd.pipeline.worker.node.id: "${id}" → none`;
/** Who sent the event that a job ended says nothing of the job. */
const SENDER = (login: string) => `resource cicd.pipeline.task.run.sender.login: "${login}" → none`;

test("a run: the receiver's own golden file", async () => {
  const made = await ours('workflow_run', RUN_COMPLETED);
  assert.deepEqual(differences(RUN_EXPECTED, made), [
    // Theirs are those of who committed, which is GitHub itself for what was made in a browser.
    'resource vcs.ref.head.revision.author.name: "GitHub" → "renovate[bot]"',
    // Addresses of people are not even kept.
    'resource vcs.ref.head.revision.author.email: "noreply@github.com" → none',
  ]);
  const [{ links } = { links: [] }] = resourceSpansOf(
    (
      await traced(
        [{ guid: 'one', event: 'workflow_run', body: JSON.stringify(RUN_COMPLETED) }],
        Date.UTC(2026, 0, 1),
      )
    ).entries,
    OPTIONS,
  ).flatMap(({ spans }) => spans);
  assert.deepEqual(
    links.map(({ traceId, spanId }) => [traceId, spanId]),
    [[RUN_EXPECTED_LINK, null]],
  );
});

test("a job: the receiver's own golden file, with its ids of then", async () => {
  const made = await ours('workflow_job', JOB_COMPLETED, { ids: 'legacy' });
  const names = JOB_EXPECTED.spans.map(({ name }) => name);
  const steps = names.slice(2);
  assert.deepEqual(
    made.spans.map(({ name }) => name),
    names,
  );
  assert.deepEqual(differences(JOB_EXPECTED, made), [
    NODE_ID('CR_kwDOJKXdfM8AAAAJeQ3FOg'),
    NAMED_AFTER_JOB('test (1.23)', 'build-and-test'),
    SENDER('renovate[bot]'),
    // Since then they are internal and no servers, and steps are those of the job (contrib PR#45481).
    ...names.slice(0, 2).map((name) => `${name} kind: 2 → 1`),
    ...steps.flatMap((name) => [
      `${name} kind: 2 → 1`,
      `${name} parentSpanId: "d328504edfc4f5dc" → "e68a36b3514c8634"`,
    ]),
  ]);
});

test("a skipped job: the receiver's own golden file", async () => {
  const made = await ours('workflow_job', JOB_SKIPPED);
  const of = (name: string) => `queue-build ${name}:`;
  assert.deepEqual(differences(JOB_SKIPPED_EXPECTED, made), [
    // A job's payload does not say whether its head is a branch or a tag. The older name is there.
    'resource vcs.ref.type: "branch" → none',
    NODE_ID('CR_kwDOOjaRi88AAAAJrFr5Eg'),
    NAMED_AFTER_JOB('build', 'skip-me'),
    SENDER('username'),
    // What never ran waited for no runner.
    `${of('name')} "queue-build" → none`,
    `${of('kind')} 1 → none`,
    `${of('spanId')} "5ce15e491b4b01da" → none`,
    `${of('parentSpanId')} "fb6779d8c7b7c66c" → none`,
    `${of('start')} 1746195355 → none`,
    `${of('end')} 1746195355 → none`,
    `${of('status')} {} → none`,
    `${of('cicd.pipeline.run.queue.duration')} {"double":0} → none`,
  ]);
});

test('a step that was skipped is no failure, and has the result that is its own', async () => {
  const [first] = JOB_COMPLETED.workflow_job.steps;
  const steps = [{ ...first, name: 'never', conclusion: 'skipped' }];
  const payload = { ...JOB_COMPLETED, workflow_job: { ...JOB_COMPLETED.workflow_job, steps } };
  const made = await ours('workflow_job', payload);
  const step = made.spans.find(({ name }) => name === 'never');
  assert.deepEqual(step?.status, { message: 'skipped' });
  assert.equal(step?.attributes?.['cicd.pipeline.run.task.status'], 'skip');
});
