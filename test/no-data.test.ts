import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHECKS } from '../src/cli/doctor/finding.ts';

/*
 * docs/no-data.md asks what `doctor` checks.
 */

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/no-data.md'), 'utf8');
const QUESTIONS = PAGE.split(/^## /m).slice(1);

/** The checks that a question names. */
function checksOf(question: string): string[] {
  const [, line = ''] = /^\*doctor\*: (.*)$/m.exec(question) ?? [];
  return Array.from(line.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
}

test('the page asks about each check of doctor, once, and in the same order', () => {
  assert.deepEqual(QUESTIONS.flatMap(checksOf), [...CHECKS]);
});

test('each question has one command, and shows what it prints', () => {
  assert.ok(QUESTIONS.length >= 13);
  for (const question of QUESTIONS) {
    const blocks = Array.from(question.matchAll(/^```(\w+)\n/gm), ([, language = '']) => language);
    assert.deepEqual(blocks, ['sh', 'text'], question.slice(0, 60));
    assert.match(question, /^\*doctor\*(?:: `| can't see this)/m);
  }
});

/** What doctor may say, as patterns: its texts with any words in their gaps. */
function textsOfDoctor(): RegExp[] {
  const sources = globSync('src/{cli,domain,github,outbound}/**/*.ts', { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'));
  return sources
    .flatMap((source) => source.match(/'(?:[^'\\\n]|\\.)+'|"(?:[^"\\\n]|\\.)+"|`(?:[^`\\]|\\.)+`/g) ?? [])
    .map((text) => text.slice(1, -1).split(/\$\{(?:[^{}]|\{[^}]*\})*\}/))
    .filter((parts) => parts.join('').replace(/\W/g, '').length > 5)
    .map((parts) => new RegExp(`^${parts.map(RegExp.escape).join('.*')}$`, 's'));
}

test('the findings that the page shows are such as doctor prints', () => {
  const texts = textsOfDoctor();
  const findings = Array.from(PAGE.matchAll(/^(?:ok|warning|failed) {2,}(\w+(?: \w+)?) {2,}(.*)$/gm));
  assert.ok(findings.length >= 18);
  for (const [line, about = '', what = ''] of findings) {
    assert.ok(
      CHECKS.some((check) => check === about),
      line,
    );
    assert.ok(
      texts.some((text) => text.test(what)),
      line,
    );
  }
  assert.ok(!texts.some((text) => text.test('the hook of octo-org is fine')));
});
