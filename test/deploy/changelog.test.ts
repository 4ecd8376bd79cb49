import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { changelogSection } from '../../scripts/release/changelog.ts';

const CHANGELOG = `# Changelog

## Unreleased

- soon

## 0.2.0 (2026-12-24)

- new

### Fixed

- old

## [0.1.0]

## 0.0.10

- tenth
`;

test('the notes of a release are its section of the changelog, before it has one what is unreleased', () => {
  assert.equal(changelogSection(CHANGELOG, '0.2.0'), '- new\n\n### Fixed\n\n- old\n');
  assert.equal(changelogSection(CHANGELOG, '0.0.10'), '- tenth\n');
  assert.equal(changelogSection(CHANGELOG, '0.0.1'), '- soon\n');
  assert.throws(() => changelogSection(CHANGELOG, '0.1.0'), /nothing of 0\.1\.0/);
});

test('this version has notes', () => {
  const root = join(import.meta.dirname, '../..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(changelogSection(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version).length > 100);
});
