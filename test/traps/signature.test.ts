import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { actionOf, trimPayload } from '../../src/github/trim-payload.ts';
import { openFixture, send, sign } from '../fixtures/webhook-listener.ts';
import { openPipeline, type Pipeline } from '../pipeline.ts';
import { busyLine, completed, linesOf, NOW, queueLines, ranLines } from './github.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
// Spaces, umlauts and characters that a form encodes differently from JSON.
const { guid, body: json } = completed(68, { runner_name: 'läufer +1 & 100 %' });
const form = new URLSearchParams({ payload: json }).toString();

/** A listener whose deliveries go through the pipeline. */
async function openWay(context: TestContext, pipeline: Pipeline) {
  const { port } = await openFixture(context, {
    clock: () => NOW,
    bodyLimitBytes: 1_000_000,
    inbox: pipeline.engine,
    read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
  });
  const post = async (body: string, headers: Record<string, string>) =>
    (await send(port, { body, headers: { 'X-GitHub-Delivery': guid, ...headers } })).status;
  return post;
}

test('a form signed over its raw bytes counts, and no other signature is accepted', async (context) => {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  const post = await openWay(context, pipeline);
  assert.equal(await post(form, { ...FORM, 'X-Hub-Signature-256': sign(json) }), 401);
  assert.equal(await post(form, { ...FORM, 'X-Hub-Signature-256': sign(`payload=${json}`) }), 401);
  await pipeline.settle();
  assert.deepEqual(await linesOf(pipeline), []);
  assert.equal(await post(form, { ...FORM, 'X-Hub-Signature-256': sign(form) }), 202);
  await pipeline.settle();
  const expected = [...ranLines({ runS: 60 }), ...queueLines(1, 7), busyLine(60)];
  assert.deepEqual(await linesOf(pipeline), expected.sort());
});

test('the same delivery as JSON, signed as it is written, is the same delivery', async (context) => {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  const post = await openWay(context, pipeline);
  const spaced = json.replaceAll(',"', ', "');
  assert.equal(await post(spaced, { 'X-Hub-Signature-256': sign(json) }), 401);
  assert.equal(await post(spaced, { 'X-Hub-Signature-256': sign(spaced) }), 202);
  assert.equal(await post(form, { ...FORM, 'X-Hub-Signature-256': sign(form) }), 202);
  await pipeline.settle();
  const jobs = await linesOf(pipeline, 'github_actions_jobs_total');
  assert.deepEqual(jobs, ranLines({ runS: 60 }).slice(0, 1));
});
