import { applyTheme, storedTheme } from './state/theme.ts';

/* Runs before the first paint, so that a chosen theme does not flash in the other one's colours. */
applyTheme(storedTheme());
