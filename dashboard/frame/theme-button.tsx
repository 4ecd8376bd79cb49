import { signal } from '@preact/signals';
import { applyTheme, nextTheme, storedTheme, storeTheme, type Theme } from '../state/theme.ts';
import { Icon } from './icons.tsx';

const theme = signal(storedTheme());
const WORDS: Readonly<Record<Theme, string>> = { auto: 'System', light: 'Light', dark: 'Dark' };

/** Goes through the themes: that of the system, light, dark. */
export function ThemeButton() {
  const choose = () => {
    theme.value = nextTheme(theme.value);
    storeTheme(theme.value);
    applyTheme(theme.value);
  };
  const word = WORDS[theme.value];
  return (
    <button type="button" class="quiet" onClick={choose} aria-label={`Theme: ${word}`}>
      <Icon name={theme.value} />
      <span>{word}</span>
    </button>
  );
}
