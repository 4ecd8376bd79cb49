import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pastWorld } from '../../simulator/world.ts';
import type { Workflows } from '../../src/domain/openapi-types.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { type Service, startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { accessibilityFaults } from './axe.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { livesOf, waitsIn } from './queue-world.ts';

/*
 * Numbers by team in a real Chromium: of a world with teams from a file, and with names in the address that are not
 * there.
 */

const HOUR_MS = 3_600_000;
const endMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
const world = pastWorld({ seed: 'teams', runs: 60, inFlight: 0, endMs, spanMs: 12 * HOUR_MS });
const lives = livesOf(world);
const [from, to] = [endMs / 1000 - 24 * 3600, endMs / 1000];
const WINDOW = `from=${iso(from)}&to=${iso(to)}`;

const repositories = [...new Set(lives.map(({ repository }) => repository))];
const [first = '', ...others] = repositories;
const teamOf = (repository: string) => (repository === first ? 'web' : 'none');

let browser: TestBrowser;
let service: Service;
const folder = openTemporaryFolder();

before(async () => {
  const file = join(folder.path, 'teams.yaml');
  writeFileSync(file, JSON.stringify({ team: { web: [first] }, tier: { 1: ['**'] } }));
  const env = { ANT_WATCHER_METRICS_REPOSITORY_LABELS_FILE: file };
  [browser, service] = await Promise.all([openBrowser(), startService({ env })]);
  await deliver(service, disordered(world));
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** What is in a part of each row, by the name of the row. */
async function textsOf(page: Page, table: string, part: string): Promise<Record<string, string>> {
  const rows = await page.getByRole('table', { name: table }).locator('tbody tr').all();
  const pairs = rows.map(async (row) => [
    (await row.locator('th').textContent()) ?? '',
    (await row.locator(part).textContent()) ?? '',
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}

test('queue times by team: each has the jobs of its repositories, and leads to them', async () => {
  assert.ok(others.length > 0);
  await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
  const { page } = opened;
  await page.getByRole('link', { name: 'team', exact: true }).click();
  await page.getByRole('heading', { name: 'By team' }).waitFor();
  const countOf = (team: string) =>
    waitsIn(
      lives.filter(({ repository }) => teamOf(repository) === team),
      from,
      to,
    ).length;
  assert.deepEqual(await textsOf(page, 'Queue times by team', 'td[data-title="Jobs"]'), {
    'team=web': String(countOf('web')),
    'team=none': String(countOf('none')),
  });
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('table').getByRole('link', { name: 'team=web' }).click();
  const dialog = page.getByRole('dialog', { name: 'team=web' });
  await dialog.locator('tbody tr').first().waitFor();
  assert.ok((await dialog.locator('tbody tr').count()) > 0);
  assert.equal(await dialog.getByText(others[0] ?? '', { exact: true }).count(), 0);
});

test('workflows by team: all runs of its repositories; a row leads to its workflows, other filters stay', async () => {
  await using opened = await browser.open(`${service.apiUrl}/workflows?${WINDOW}&repository_label=tier%3D1`);
  const { page } = opened;
  await page.getByRole('link', { name: 'team', exact: true }).click();
  await page.getByRole('heading', { name: 'Workflows by team' }).waitFor();
  const shown = await textsOf(page, 'Workflows', 'td[data-title="Runs"] a');
  const answer = await fetch(`${service.apiUrl}/api/v1/workflows?${WINDOW}&limit=500`);
  const { rows } = (await answer.json()) as Workflows;
  const runsOf = (team: string) =>
    rows.reduce((sum, row) => sum + (teamOf(row.repository ?? '') === team ? row.runs : 0), 0);
  assert.ok(runsOf('web') > 0 && runsOf('none') > 0);
  assert.deepEqual(shown, { 'team=web': `${runsOf('web')}`, 'team=none': `${runsOf('none')}` });
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('table').getByRole('link', { name: 'team=web' }).click();
  await page.getByRole('heading', { name: 'Workflows', exact: true, level: 2 }).waitFor();
  const places = await page.locator('.place-within').allTextContents();
  assert.deepEqual([...new Set(places)], [first]);
  assert.match(page.url(), /repository_label=tier%3D1&repository_label=team%3Dweb/);
});

test('a name that is not there is said, in every view that is narrowed or grouped by it, with a way out', async () => {
  for (const [path, said, chip] of [
    [
      '/failures?repository_label=nix%3Da',
      'Repositories have no label "nix". There are team, tier.',
      'nix=a',
    ],
    ['/?repository_label=nix%3Da', 'Repositories have no label "nix". There are team, tier.', 'nix=a'],
    ['/workflows?by=repository_label&group_label=nix', 'There are team, tier.', 'by nix'],
    ['/runs?branch=main', 'There is no class of branches "main".', 'main'],
  ] as const) {
    await using opened = await browser.open(service.apiUrl + path);
    const main = opened.page.locator('main');
    await main.getByText(said).first().waitFor();
    assert.equal(await main.getByText('No default branch fails').count(), 0);
    await main.getByRole('link', { name: chip, exact: true }).first().click();
    await main.getByText(said).waitFor({ state: 'detached' });
  }
});

test('where no run of a default branch is known, nothing is said to be well', async () => {
  await using opened = await browser.open(`${service.apiUrl}/failures?repository=acme/typo`);
  const { page } = opened;
  await page.getByText('No run of a default branch is known here.').waitFor();
  assert.equal(await page.getByText('No default branch fails').count(), 0);
});
