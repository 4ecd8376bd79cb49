import type { CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../test/page/browser.ts';
import type { Service } from '../test/service.ts';
import { CHANGES_PER_SECOND, makeChanges } from './live-world.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { type FrameScripts, readFrameScripts } from './trace-scripts.ts';

const SECONDS = 30;
const BUDGET_SCRIPT_MS = 16;
const BUDGET_HEAP_BYTES = 60e6;
const SAMPLE_MS = 500;
/** What it does at the start is not meant. */
const SETTLE_MS = 3000;

interface World {
  readonly openJobs: number;
  /** Seconds of changes that were made before. */
  readonly after: number;
}

/** What the scripts of a page of Now cost a real Chromium while fifty jobs change in each second. */
export async function measureLivePage(
  service: Service,
  { openJobs, after }: World,
  progress: Progress,
): Promise<Row[]> {
  await using browser = await openBrowser();
  await using opened = await browser.open(service.apiUrl, { isAlone: true });
  const { page } = opened;
  await page.locator('main tbody tr').first().waitFor();
  await page.waitForTimeout(SETTLE_MS);
  const client = await page.context().newCDPSession(page);
  const heap = await watchHeap(page, client);
  const trace = await tracing(page);
  await makeChanges(service, { openJobs, after, seconds: SECONDS });
  const scripts = readFrameScripts(await trace.end());
  const { most, atEnd } = await heap.end();
  progress(`page of Now: ${numberText(scripts.mostMs, 1)} ms of scripts in a frame at most`);
  return rowsOf(scripts, { most, atEnd }, openJobs);
}

function rowsOf(scripts: FrameScripts, heap: { most: number; atEnd: number }, openJobs: number): Row[] {
  const what = `page of Now: ${numberText(openJobs)} open jobs, ${CHANGES_PER_SECOND} changes a second for ${SECONDS} s`;
  const { mostMs, mostCpuMs, p95Ms, frames, perSecondMs } = scripts;
  return [
    {
      what: `${what}, most scripts in a frame`,
      measured: `${numberText(mostMs, 1)} ms (${numberText(mostCpuMs, 1)} ms of CPU; p95 ${numberText(p95Ms, 1)} ms of ${numberText(frames)} with scripts; ${numberText(perSecondMs, 1)} ms a second)`,
      budget: `≤ ${BUDGET_SCRIPT_MS} ms`,
      isMet: mostMs <= BUDGET_SCRIPT_MS,
    },
    {
      what: `${what}, most heap of JavaScript`,
      measured: `${numberText(heap.most / 1e6, 1)} MB (${numberText(heap.atEnd / 1e6, 1)} MB without garbage at the end)`,
      budget: `≤ ${BUDGET_HEAP_BYTES / 1e6} MB`,
      isMet: heap.most <= BUDGET_HEAP_BYTES,
    },
  ];
}

/** The largest heap in use at any look, and what is left of it after a collection. */
async function watchHeap(page: Page, client: CDPSession) {
  await client.send('Performance.enable');
  const used = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  };
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, await used());
      await page.waitForTimeout(SAMPLE_MS);
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      await client.send('HeapProfiler.collectGarbage');
      return { most, atEnd: await used() };
    },
  };
}

async function tracing(page: Page) {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser.');
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8', '__metadata'] });
  return { end: () => browser.stopTracing() };
}
