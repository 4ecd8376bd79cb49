import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissionOf } from './permissions.ts';

test('each route knows the permission that it needs', () => {
  for (const [route, key] of [
    ['/repos/{owner}/{repo}/actions/runs', 'actions'],
    ['/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', 'actions'],
    ['/repos/{owner}/{repo}/actions/jobs/{job_id}', 'actions'],
    ['/repos/{owner}/{repo}/actions/runners', 'administration'],
    ['/repos/{owner}/{repo}/hooks/{hook_id}/deliveries', 'repository_hooks'],
    ['/repos/{owner}/{repo}', 'metadata'],
    ['/orgs/{org}/actions/runners', 'organization_self_hosted_runners'],
    ['/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}', 'organization_hooks'],
    ['/orgs/{org}/repos', 'metadata'],
    ['/organizations/{org}/settings/billing/usage', 'organization_administration'],
    ['/users/{username}/settings/billing/usage', null],
    ['/enterprises/{enterprise}/settings/billing/usage', null],
    ['/enterprises/{enterprise}/actions/runner-groups', null],
    ['/app/hook/deliveries', null],
    ['/installation/repositories', 'metadata'],
  ] as const) {
    assert.equal(permissionOf(route).key, key, route);
  }
});
