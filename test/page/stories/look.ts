import { join } from 'node:path';
import { openBrowser, SIZES, type Size } from '../browser.ts';
import { serveStories } from './serve-stories.ts';

/* Takes pictures of the components: bin/node test/page/stories/look.ts FOLDER */

const [folder = '/tmp'] = process.argv.slice(2);
await using browser = await openBrowser();
await using stories = await serveStories();
for (const theme of ['light', 'dark'] as const)
  for (const size of Object.keys(SIZES) as Size[]) {
    await using opened = await browser.open(stories.url, { theme, size });
    await opened.page.locator('.chart-line').first().waitFor();
    const file = join(folder, `stories-${theme}-${size}.png`);
    await opened.page.screenshot({
      path: file,
      clip: { x: 0, y: 0, ...SIZES[size], height: 1900 },
      fullPage: true,
    });
    process.stdout.write(`${file}\n`);
  }
