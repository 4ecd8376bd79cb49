import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_PARTS, type AppPart, manifestOf } from './app-manifest.ts';

/**
 * The permission that GitHub wants for each event, or it refuses the manifest.
 * https://docs.github.com/webhooks/webhook-events-and-payloads
 */
const PERMISSION_OF: Readonly<Record<string, string>> = {
  workflow_job: 'actions',
  workflow_run: 'actions',
  workflow_dispatch: 'contents',
  deployment: 'deployments',
  deployment_status: 'deployments',
  deployment_review: 'deployments',
  deployment_protection_rule: 'deployments',
  custom_property_values: 'organization_custom_properties',
  repository: 'metadata',
};

test('each event of the manifest has the permission that GitHub wants for it', () => {
  const parts = Object.keys(APP_PARTS) as AppPart[];
  for (const part of parts) {
    const plan = { name: 'ants', org: 'octo-org', webhookUrl: 'https://ants.example.com/webhook' };
    const manifest = manifestOf({ ...plan, parts: ['runs', part] }, null);
    for (const event of manifest.default_events)
      assert.ok((PERMISSION_OF[event] ?? 'unknown') in manifest.default_permissions, event);
  }
});
