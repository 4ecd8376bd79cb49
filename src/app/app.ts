import { flushCompileCache } from 'node:module';
import type { Settings } from '../config/settings.ts';
import { Teardown } from '../timing/teardown.ts';
import { openCore } from './core.ts';
import type { App, AppOptions } from './parts.ts';

/** Starts the service. If a part can't start, closes the others in reverse and throws its `AntError`. */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const teardown = new Teardown(options.logger);
  return teardown.runIfFails(async () => {
    // While the engine starts on its thread, this one loads what comes after it.
    const [core, { startParts }] = await Promise.all([
      openCore(settings, options, teardown),
      import('./parts.ts'),
    ]);
    const app = await startParts(settings, core, options, teardown);
    // What was compiled is found by the next start, also after `kill -9`.
    flushCompileCache();
    return app;
  });
}
