/** Drawn on 16 × 16, with strokes. */
const SHAPES: Readonly<Record<string, string>> = {
  now: 'M1.5 8.5h3l2-5 3 9 2-6 1 2h2',
  queues: 'M2 3.5h12M2 8h8M2 12.5h5',
  capacity: 'M2 14V9.5h3V14M6.5 14V6h3v8M11 14V2h3v12',
  workflows: 'M2 2.5h4.5v4H2zM9.5 9.5H14v4H9.5zM4.25 6.5v5h5.25',
  jobs: 'M8 2.5v4M8 2.5 5.5 4.5M8 9.5v4M8 13.5l2.5-2M3 6.5a5.2 5.2 0 0 0 1.2 5M13 9.5a5.2 5.2 0 0 0-1.2-5',
  failures: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.6v.1',
  deployments: 'M8 2v8.5M4.8 5.2 8 2l3.2 3.2M2.5 10.5v3h11v-3',
  cost: 'M8 1.5v13M11 4.6C10.5 3.6 9.4 3.2 8 3.2c-1.8 0-3 .9-3 2.3 0 3.3 6.2 1.5 6.2 5 0 1.5-1.4 2.4-3.2 2.4-1.7 0-2.9-.6-3.4-1.7',
  runners: 'M2 3h12v4H2zM2 9h12v4H2zM4.5 5v.01M4.5 11v.01M7 5h1M7 11h1',
  health: 'M8 13.5S2 10 2 5.9A3.1 3.1 0 0 1 8 4.7a3.1 3.1 0 0 1 6 1.2C14 10 8 13.5 8 13.5z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.5',
  left: 'M9.8 3.5 5.3 8l4.5 4.5',
  right: 'M6.2 3.5 10.7 8l-4.5 4.5',
  down: 'M4 6.2 8 10.2l4-4',
  close: 'M4 4l8 8M12 4l-8 8',
  share:
    'M6.5 9.5a3 3 0 0 0 4.3 0l2.3-2.3a3 3 0 0 0-4.3-4.3l-.8.8M9.5 6.5a3 3 0 0 0-4.3 0L2.9 8.8a3 3 0 0 0 4.3 4.3l.8-.8',
  export: 'M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11M8 2.5v11',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3',
  dark: 'M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2z',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5v.01M6.7 6.5v.01M9.3 6.5v.01M12 6.5v.01M5 9.5h6',
};

/** A picture beside a word, which says the same; screen readers skip it. */
export function Icon({ name }: { readonly name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name] ?? ''} />
    </svg>
  );
}

/** The sign of the project. */
export function Ant() {
  return (
    <svg class="ant" viewBox="0 0 32 24" aria-hidden="true">
      <path d="M13 10 9 3.5M16 9.5V2M19 10l4-6.5M13 14l-4 6.5M16 14.5V22M19 14l4 6.5M25.5 9 29 5" />
      <ellipse cx="7.5" cy="12" rx="5" ry="3.9" />
      <ellipse cx="16" cy="12" rx="3.5" ry="2.7" />
      <circle cx="23.5" cy="11.6" r="3.2" />
    </svg>
  );
}
