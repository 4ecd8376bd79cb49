import { render } from 'preact';
import { watchCondition } from './answers/condition.ts';
import { FILTER_FIELD } from './frame/filter-bar.tsx';
import { Frame } from './frame/frame.tsx';
import { openHelp } from './frame/help.tsx';
import { shift, WINDOW_PANEL } from './frame/window-menu.tsx';
import { listenToKeys } from './state/keys.ts';
import { followLinks, go } from './state/navigation.ts';
import { moveRow } from './state/rows.ts';
import { startClock } from './state/server-clock.ts';
import { findView, VIEWS } from './views/registry.ts';

const views = VIEWS.filter(({ key }) => key !== null).map(
  ({ key, path }) => [`g ${key}`, () => go({ path, own: {} })] as const,
);

listenToKeys({
  ...Object.fromEntries(views),
  '/': () => document.getElementById(FILTER_FIELD)?.focus(),
  t: () => document.getElementById(WINDOW_PANEL)?.showPopover(),
  '[': () => shift(-1),
  ']': () => shift(1),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  '?': openHelp,
});
followLinks((path) => findView(path) !== undefined);
startClock();
watchCondition();

const root = document.getElementById('page');
if (root !== null) render(<Frame />, root);
