import type { Page } from 'playwright-core';
import { buildPage } from '../scripts/build-page.ts';
import { openBrowser, type TestBrowser } from '../test/page/browser.ts';
import { type Service, startService } from '../test/service.ts';
import { medianOf, numberText, type Progress, type Row } from './report.ts';

/** How large the page is, how soon it shows something, and how soon a change is seen. */
export async function measurePage(times: number, progress: Progress): Promise<Row[]> {
  const { firstViewBytes, allBytes } = await buildPage();
  await using service = await startService();
  await using browser = await openBrowser();
  await postJob(service, 1);
  const paints: number[] = [];
  const contents: number[] = [];
  for (let i = 0; i < times; i += 1) {
    await using opened = await browser.open(service.apiUrl, { isAlone: true });
    await opened.page.getByText(nameOf(1)).first().waitFor();
    paints.push(await firstPaintMs(opened.page));
    contents.push(await opened.page.evaluate('performance.now()'));
  }
  progress(`the page: first paint ${numberText(medianOf(paints))} ms`);
  const changes = await measureChanges(browser, service, times * 4);
  progress(`the page: a change is seen after ${numberText(medianOf(changes))} ms`);
  return [
    sizeRow('page: JS and CSS of the first view, gzip', firstViewBytes, 60),
    sizeRow('page: JS and CSS of all views, gzip', allBytes, 90),
    timeRow('page: first contentful paint, nothing cached', medianOf(paints), paints, 500),
    timeRow('page: jobs of Now are shown', medianOf(contents), contents, 1000),
    timeRow('page: from the 202 of a webhook to its job in Now, p95', p95Of(changes), changes, 1500),
  ];
}

/** From the answer to the webhook until the browser has drawn its job, for each of so many jobs. */
async function measureChanges(browser: TestBrowser, service: Service, count: number): Promise<number[]> {
  await using opened = await browser.open(service.apiUrl);
  const { page } = opened;
  const changes: number[] = [];
  for (let id = 2; id < count + 2; id += 1) {
    await postJob(service, id);
    const startMs = performance.now();
    await page.getByText(nameOf(id)).first().waitFor();
    changes.push(performance.now() - startMs);
  }
  return changes;
}

function nameOf(id: number): string {
  return `job number ${id}.`;
}

async function postJob(service: Service, id: number): Promise<void> {
  const time = new Date().toISOString();
  const times = { created_at: time, started_at: time };
  const { status } = await service.post('workflow_job', {
    action: 'queued',
    workflow_job: {
      ...{ id, run_id: id, run_attempt: 1, name: nameOf(id), status: 'queued', conclusion: null, steps: [] },
      ...{ workflow_name: 'CI', head_branch: 'main', labels: ['self-hosted', 'gpu'], ...times },
    },
    repository: { id: 1, full_name: 'acme/web', default_branch: 'main' },
  });
  if (status !== 202) throw new Error(`A job was answered with ${status}.`);
}

async function firstPaintMs(page: Page): Promise<number> {
  return page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime");
}

function p95Of(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? Number.NaN;
}

function sizeRow(what: string, bytes: number, budget: number): Row {
  const measured = `${numberText(bytes / 1000, 1)} kB`;
  return { what, measured, budget: `≤ ${budget} kB`, isMet: bytes <= budget * 1000 };
}

function timeRow(what: string, ms: number, all: readonly number[], budget: number): Row {
  const range = `${numberText(Math.min(...all))} to ${numberText(Math.max(...all))}`;
  const measured = `${numberText(ms)} ms (${range}; ${all.length})`;
  return { what, measured, budget: `≤ ${numberText(budget)} ms`, isMet: ms <= budget };
}
