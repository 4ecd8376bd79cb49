import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFreeService } from './free-service.ts';

test("Pages and Dependabot are recognised by GitHub's names of their workflows and jobs", () => {
  for (const [workflow, name] of [
    ['pages build and deployment', 'build'],
    ['pages-build-deployment', 'deploy'],
    ['pages build and deployment', 'report-build-status'],
    ['npm_and_yarn in /. - Update #1544086901', 'Dependabot'],
    ['github_actions in /web for actions/checkout - Update #*', 'Dependabot'],
    ['Dependabot Updates', 'Dependabot'],
  ] as const)
    assert.ok(isFreeService({ workflow, name }), workflow);
});

test('similar names are not recognised', () => {
  for (const [workflow, name] of [
    ['pages build and deployment', 'lint'],
    ['Deploy pages', 'deploy'],
    ['Dependabot Updates', 'test'],
    ['CI', 'Dependabot'],
    ['Update #12', 'Dependabot'],
    ['Copilot code review', 'copilot'],
  ] as const)
    assert.ok(!isFreeService({ workflow, name }), workflow);
});
