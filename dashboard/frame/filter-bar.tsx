import { useId, useState } from 'preact/hooks';
import { useAnswer } from '../answers/use-answer.ts';
import { formatShort } from '../format/number.ts';
import { type FilterName, type Filters, printFilters } from '../state/address.ts';
import { type Choice, choicesFor, FILTER_WORDS, readFilterText } from '../state/filter-choices.ts';
import { address, go } from '../state/navigation.ts';
import { Icon } from './icons.tsx';
import { ownFilters } from './own-filters.ts';

/** The field's id: a key goes there. */
export const FILTER_FIELD = 'filter-field';

const valuesOf = (filters: Filters, name: Choice['name']) => filters[name] ?? [];

function add({ name, value }: Choice): void {
  go({ filters: { [name]: [...valuesOf(address.value.filters, name), value] } });
}

interface Chip {
  readonly word: string;
  readonly value: string;
  readonly isTaken: boolean;
  readonly drop: () => void;
}

function chipsOf(taken: readonly FilterName[]): readonly Chip[] {
  const { path, filters, own } = address.value;
  const shared = printFilters(filters).map(([text, value]): Chip => {
    const name = text as FilterName;
    const rest = valuesOf(filters, name).filter((each) => each !== value);
    const drop = () => go({ filters: { [name]: rest } });
    return { word: FILTER_WORDS[name], value, isTaken: taken.includes(name), drop };
  });
  const ofView = ownFilters(path, own).map(({ names, ...each }): Chip => {
    const drop = () => go({ own: Object.fromEntries(names.map((name) => [name, null])) });
    return { ...each, isTaken: true, drop };
  });
  return [...shared, ...ofView];
}

/**
 * What the view is narrowed to, and a field to narrow it further. A filter that came along from another view
 * and that this one can't take (is not in `taken`) is shown, struck through.
 */
export function FilterBar({ taken }: { readonly taken: readonly FilterName[] }) {
  const [isOpen, setOpen] = useState(false);
  const chosen = chipsOf(taken);
  return (
    <search class="filters">
      <Icon name="search" />
      {chosen.length > 0 && (
        <ul class="chips" aria-label="Filters">
          {chosen.map(({ word, value, isTaken, drop }) => (
            <li
              key={`${word} ${value}`}
              class={isTaken ? 'chip' : 'chip unused'}
              title={isTaken ? undefined : 'This view can’t be filtered by it'}
            >
              <span class="chip-name">{word}</span>
              <span class="chip-value" title={value}>
                {value}
              </span>
              <button type="button" onClick={drop} aria-label={`Drop ${word} ${value}`}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Combobox
        taken={taken}
        isOpen={isOpen}
        setOpen={setOpen}
        hint={chosen.length === 0 ? 'Filter by repository, workflow, label …' : 'Add a filter'}
        onErase={() => chosen.at(-1)?.drop()}
      />
    </search>
  );
}

interface ComboboxProps {
  readonly taken: readonly FilterName[];
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  readonly hint: string;
  /** Backspace in an empty field. */
  readonly onErase: () => void;
}

function Combobox({ taken, isOpen, setOpen, hint, onErase }: ComboboxProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const choices = useChoices(text, taken, isOpen);
  const active = choices[Math.min(at, choices.length - 1)];
  const choose = (choice: Choice) => {
    add(choice);
    setText('');
    setAt(0);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (isOpen ? setAt(Math.min(at + 1, choices.length - 1)) : setOpen(true)),
    ArrowUp: () => setAt(Math.max(0, at - 1)),
    Enter: () => isOpen && active !== undefined && choose(active),
    Escape: () => (text === '' && !isOpen ? document.getElementById(FILTER_FIELD)?.blur() : setOpen(false)),
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Backspace' && text === '') return onErase();
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return (
    <div class="combobox">
      <input
        id={FILTER_FIELD}
        role="combobox"
        aria-label="Add a filter"
        aria-keyshortcuts="/"
        aria-expanded={isOpen && choices.length > 0}
        aria-controls={choices.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={
          isOpen && active !== undefined ? `${id}-${choices.indexOf(active)}` : undefined
        }
        aria-autocomplete="list"
        autoComplete="off"
        spellcheck={false}
        placeholder={hint}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={press}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      <Options id={id} isOpen={isOpen} choices={choices} active={active} choose={choose} text={text} />
    </div>
  );
}

/** Asks the service while the field is open; 5,000 repositories never come to the browser. */
function useChoices(text: string, taken: readonly FilterName[], isOpen: boolean): readonly Choice[] {
  const { query } = readFilterText(text);
  const asked = useAnswer(isOpen ? 'facets' : null, { q: query }, { everySeconds: 0 });
  const { filters } = address.value;
  const isChosen = ({ name, value }: Choice) => valuesOf(filters, name).includes(value);
  return choicesFor(text, asked.answer, { taken, isChosen });
}

interface OptionsProps {
  readonly id: string;
  readonly isOpen: boolean;
  readonly choices: readonly Choice[];
  readonly active: Choice | undefined;
  readonly choose: (choice: Choice) => void;
  readonly text: string;
}

function Options({ id, isOpen, choices, active, choose, text }: OptionsProps) {
  if (choices.length === 0)
    return (
      <p class="options faint" hidden={!isOpen}>
        {text === '' ? 'Type a name' : 'Nothing has this name'}
      </p>
    );
  const groups = Map.groupBy(choices, ({ name }) => name);
  return (
    <div id={`${id}-list`} role="listbox" aria-label="Filters to add" class="options" hidden={!isOpen}>
      {Array.from(groups, ([name, each]) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a list box
        <div role="group" key={name} aria-label={FILTER_WORDS[name]}>
          <div class="options-name" aria-hidden="true">
            {FILTER_WORDS[name]}
          </div>
          {each.map((choice) => (
            <Option
              key={choice.value}
              id={`${id}-${choices.indexOf(choice)}`}
              choice={choice}
              isActive={choice === active}
              choose={choose}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly choice: Choice;
  readonly isActive: boolean;
  readonly choose: (choice: Choice) => void;
}

/** The focus stays in the field, which takes the keys; the mouse chooses here. */
function Option({ id, choice, isActive, choose }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field names it as active, and keeps the focus
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      class="option"
      ref={(element) => {
        if (isActive) element?.scrollIntoView({ block: 'nearest' });
      }}
      onMouseDown={(event) => {
        event.preventDefault();
        choose(choice);
      }}
    >
      <span>{choice.value}</span>
      {choice.count !== null && <span class="faint">{formatShort(choice.count)}</span>}
    </div>
  );
}
