import { ERROR_CODES } from '../src/domain/error-codes.ts';
import type { ErrorMeaning } from '../src/domain/error-meaning.ts';
import { DELIVERY_EVENTS } from '../src/domain/log-events/delivery-events.ts';
import { GITHUB_EVENTS } from '../src/domain/log-events/github-events.ts';
import type { LogEvent } from '../src/domain/log-events/log-event.ts';
import { PROCESS_EVENTS } from '../src/domain/log-events/process-events.ts';
import { STORAGE_EVENTS } from '../src/domain/log-events/storage-events.ts';

/* docs/errors.md, from the tables of codes. */

/** The page, with a note that says where it comes from. */
export function errorsPage(generated: string): string {
  return `# Errors

<!-- ${generated} -->

Every error, warning and refusal has a code, and a code has one meaning wherever it appears.

## Commands

What a command ends with, on its standard error output, or for \`serve\` in the log (\`err.code\`). The exit code is 0 for success, 2 when the
command line or the configuration is wrong, and 1 for everything else, including bugs ([exit codes](install.md#run-it-under-a-supervisor)).
*Retry*: the same may succeed later by itself.

| code | exit code | retry | meaning | what to do |
| --- | --- | --- | --- | --- |
${rowsOf('exitCode').join('\n')}

## Answers

Both listeners answer errors as \`{"error": {"code": "…", "message": "…"}}\`. Answers of 429 and 503 have \`Retry-After\`.

| code | status | retry | meaning | what to do |
| --- | --- | --- | --- | --- |
${rowsOf('status').join('\n')}

## In the log

All warnings and errors of a running service. \`msg\` and \`code\` never change; the other fields of a line say what it is about, and \`err\` what went wrong.
\`ant_watcher_log_events_total{level, code}\` counts the lines, and has every code from the start.

### Process, configuration and memory

${tableOf(PROCESS_EVENTS)}

### Requests and deliveries

${tableOf(DELIVERY_EVENTS)}

### Store and push

${tableOf(STORAGE_EVENTS)}

### Reading from GitHub

${tableOf(GITHUB_EVENTS)}
`;
}

function rowsOf(field: 'exitCode' | 'status'): string[] {
  const entries: [string, ErrorMeaning][] = Object.entries(ERROR_CODES);
  return entries.flatMap(([code, meaning]) =>
    meaning[field] === undefined
      ? []
      : [
          `| \`${code}\` | ${meaning[field]} | ${meaning.remedy === 'retry' ? 'yes' : 'no'} | ${meaning.about} | ${meaning.action} |`,
        ],
  );
}

function tableOf(events: Readonly<Record<string, LogEvent>>): string {
  const rows = Object.entries(events).map(
    ([code, { level, message, about, action }]) =>
      `| ${level} | ${message} | \`${code}\` | ${about} | ${action} |`,
  );
  return [
    '| level | `msg` | `code` | meaning | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
