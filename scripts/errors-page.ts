import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../src/domain/error-codes.ts';
import type { ErrorMeaning } from '../src/domain/error-meaning.ts';

/*
 * docs/errors.md: the codes from their table, the log's warnings and errors from the sources.
 */

const SRC = join(import.meta.dirname, '..', 'src');

interface LogEvent {
  readonly level: 'error' | 'warn';
  readonly message: string;
  /** From `src`. */
  readonly file: string;
}

/** `logger.warn('…'` and `logger.error('…'`, and the helpers that log now and then only. */
const CALLS: readonly (readonly [RegExp, LogEvent['level'] | null])[] = [
  [/logger\.(error|warn)\(\s*'([^']+)'/g, null],
  [/logSparingly\(\s*logger,\s*()'([^']+)'/g, 'warn'],
  [/\btell\(\s*()'([A-Z][^']+)'/g, 'warn'],
  [/new Complaint\(\s*()'([^']+)'/g, 'error'],
];

/** The page, with a note that tells where it comes from. */
export function errorsPage(generated: string): string {
  return `# Errors

<!-- ${generated} -->

Every error has a code, and a code has one meaning wherever it is met. *Retry* tells whether the same may succeed later by itself.

## Commands

What a command ends with, on its standard error output, or for \`serve\` in the log (\`err.code\`). The exit code is 0 when all is well, 2 when the
command line or the configuration is wrong, and 1 for everything else, also after a bug ([exit codes](install.md#run-it-under-a-supervisor)).

| code | exit code | retry | meaning | what to do |
| --- | --- | --- | --- | --- |
${rowsOf('exitCode').join('\n')}

## Answers

Both listeners answer errors as \`{"error": {"code": "…", "message": "…"}}\`. Answers of 429 and 503 have \`Retry-After\`.

| code | status | retry | meaning | what to do |
| --- | --- | --- | --- | --- |
${rowsOf('status').join('\n')}

## In the log

The warnings and errors that a running service logs, by their \`msg\`, with the source that tells the circumstances. What went wrong is in the field \`err\`.

| level | \`msg\` | source |
| --- | --- | --- |
${logEvents().map(rowOfEvent).join('\n')}
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

function logEvents(): LogEvent[] {
  const files = globSync('**/*.ts', { cwd: SRC }).sort();
  return files
    .filter((file) => !/(?:\.test|-fixture)\.ts$|^simulator\//.test(file))
    .flatMap((file) => eventsIn(file, readFileSync(join(SRC, file), 'utf8')));
}

function eventsIn(file: string, source: string): LogEvent[] {
  return CALLS.flatMap(([call, level]) =>
    Array.from(source.matchAll(call), ([, said, message = '']) => ({
      level: level ?? (said === 'warn' ? 'warn' : 'error'),
      message,
      file,
    })),
  );
}

function rowOfEvent({ level, message, file }: LogEvent): string {
  return `| ${level} | ${message} | [${file}](../src/${file}) |`;
}
