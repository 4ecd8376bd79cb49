import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import { deliver } from '../delivered-world.ts';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { type RunningPeer, startPeer } from '../peer-process.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { FOLDER, flagsHere, readCompose } from './compose-files.ts';

/*
 * The programs of deploy/compose without containers: real ones, with its flags and files. Only where they listen and
 * where their data is differs.
 */

const MAIN = readCompose('compose.yaml');
const TOKEN = 'a-token-for-scrapers-and-people';
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 120_000;

longTest(
  'what is counted reaches VictoriaMetrics both ways, scraped with the token and pushed, and rules are evaluated',
  async () => {
    using folder = openTemporaryFolder({ 'api-token': `${TOKEN}\n` });
    const database = `127.0.0.1:${await freePort()}`;
    await using _database = await startHere('victoria-metrics', folder.path, database, {});
    const env = { ANT_WATCHER_PUSH_URL: `http://${database}` };
    await using service = await startService({ token: TOKEN, env });
    const spanMs = 12 * HOUR_MS;
    const world = pastWorld({ seed: 'compose', runs: 40, inFlight: 0, endMs: Date.now(), spanMs });
    const runs = sumOf(await deliver(service, deliveriesOf(world)), 'github_actions_runs_total', {});
    assert.ok(runs >= 40, `${runs} runs`);

    const scrape = readFileSync(join(FOLDER, 'scrape.yaml'), 'utf8')
      .replace('ant-watcher:9876', service.apiAddress)
      .replace('/run/secrets', folder.path);
    writeFileSync(join(folder.path, 'scrape.yaml'), scrape);
    const others = { 'victoria-metrics:8428': database, [FOLDER]: folder.path };
    const free = async () => `127.0.0.1:${await freePort()}`;
    await using _agent = await startHere('vmagent', folder.path, await free(), others);
    const { [FOLDER]: _, ...hosts } = others;
    const alerts = await free();
    await using _alerts = await startHere('vmalert', folder.path, alerts, hosts);
    await until(async () => (await latest(database, 'github_actions_runs_total')) === runs);
    assert.equal(await latest(database, 'up{job="ant-watcher"}'), 1);
    const ended = 'github_actions_event_run_duration_seconds';
    await until(async () => (await latest(database, ended)) > 0);
    await until(() => hasEvaluated(alerts));
  },
);

interface Group {
  readonly lastEvaluation: string;
  readonly rules: readonly { readonly name: string; readonly lastError: string }[];
}

/** Whether vmalert has evaluated a rule of each of its groups. Throws when a rule fails. */
async function hasEvaluated(alerts: string): Promise<boolean> {
  const answer = await fetch(`http://${alerts}/api/v1/rules`);
  const { groups } = ((await answer.json()) as { data: { groups: Group[] } }).data;
  const failed = groups.flatMap(({ rules }) => rules.filter(({ lastError }) => lastError !== ''));
  assert.deepEqual(failed, []);
  assert.ok(groups.length > 1);
  return groups.every(({ lastEvaluation }) => new Date(lastEvaluation).getTime() > 0);
}

/** Starts a program of compose. In its flags, each key of `replaced` stands for its value. */
function startHere(
  name: 'victoria-metrics' | 'vmagent' | 'vmalert',
  folder: string,
  address: string,
  replaced: Readonly<Record<string, string>>,
): Promise<RunningPeer> {
  const flags = flagsHere(MAIN, name).map((flag) =>
    Object.entries(replaced)
      .reduce((text, [from, to]) => text.replaceAll(from, to), flag)
      .replace(/=\/(storage|queue)$/, `=${join(folder, name)}`),
  );
  return startPeer(name, [...flags, `-httpListenAddr=${address}`], `http://${address}/health`);
}

/** The sum of the latest values of all series of a selector. */
async function latest(database: string, selector: string): Promise<number> {
  // What has just arrived may not be readable yet.
  await fetch(`http://${database}/internal/force_flush`);
  const query = new URLSearchParams({ 'match[]': selector });
  const text = await (await fetch(`http://${database}/api/v1/export?${query}`)).text();
  const series = text.split('\n').filter((line) => line !== '');
  return series.map((line) => JSON.parse(line).values.at(-1)).reduce((sum, value) => sum + value, 0);
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isDone())) {
    assert.ok(Date.now() < deadlineMs, 'it does not arrive');
    await sleep(200);
  }
}
