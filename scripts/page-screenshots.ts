import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VIEW_PATHS } from '../src/api/page-routes.ts';
import { openBrowser, SIZES, type Size, type TestBrowser, type Theme } from '../test/page/browser.ts';

/*
 * Takes pictures of the page of a running service: every view, light and dark, wide and narrow.
 *
 *   bin/node scripts/page-screenshots.ts [--url http://127.0.0.1:9876] [--views /,/queues] [--to FOLDER]
 *   bin/node scripts/page-screenshots.ts --readme docs/images
 */

const { values: flags } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9876' },
    views: { type: 'string', default: VIEW_PATHS.filter((path) => !path.includes(':')).join(',') },
    to: { type: 'string' },
    readme: { type: 'string' },
  },
});

await using browser = await openBrowser();
if (flags.readme !== undefined) {
  for (const theme of ['light', 'dark'] as const)
    await takePicture(browser, '/', { theme, size: 'wide', file: join(flags.readme, `page-${theme}.png`) });
} else {
  const folder = flags.to ?? mkdtempSync(join(tmpdir(), 'page-'));
  mkdirSync(folder, { recursive: true });
  for (const view of flags.views.split(','))
    for (const theme of ['light', 'dark'] as const)
      for (const size of Object.keys(SIZES) as Size[])
        await takePicture(browser, view, { theme, size, file: join(folder, nameOf(view, theme, size)) });
}

interface Picture {
  readonly theme: Theme;
  readonly size: Size;
  readonly file: string;
}

async function takePicture(from: TestBrowser, view: string, { theme, size, file }: Picture): Promise<void> {
  await using opened = await from.open(new URL(view, flags.url).href, { theme, size });
  const { page } = opened;
  await page.locator('.loading').waitFor({ state: 'detached' });
  await page.screenshot({ path: file });
  process.stdout.write(`${file}\n`);
}

function nameOf(view: string, theme: Theme, size: Size): string {
  const [path = ''] = view.split('?');
  const name = path === '/' ? 'now' : path.slice(1).replaceAll('/', '-');
  return `${name}-${theme}-${size}.png`;
}
