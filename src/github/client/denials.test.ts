import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintFor } from './denials.ts';

/** GitHub's wording of refusals; the names are made up. */
const SAID: readonly (readonly [said: string, hint: RegExp])[] = [
  [
    '403 Although you appear to have the correct authorization credentials, the `octo` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
    /IP allow list/,
  ],
  [
    '403 Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
    /single sign-on/,
  ],
  ['403 This installation has been suspended', /^unsuspend/],
  ['403 Sorry. Your account was suspended', /account is blocked/],
  ['451 Repository access blocked', /GitHub has blocked the repository/],
  ['403 Repository access blocked', /GitHub has blocked the repository/],
  [
    '403 `octo` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.',
    /policy for personal access tokens/,
  ],
  [
    "403 The 'octo' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days.",
    /policy for personal access tokens/,
  ],
  [
    '403 Although you appear to have the correct authorization credentials, the `octo` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.',
    /approve access/,
  ],
  ['403 Actions has been disabled for this repository.', /^enable Actions/],
  ['403 <html> <title>Blocked by the proxy', /proxy or firewall/],
  ['403', /proxy or firewall/],
  ['403 Resource not accessible by integration', /^grant it Actions: read$/],
  ['403 Resource not accessible by personal access token', /^grant it Actions: read$/],
  ['404', /^grant it Actions: read$/],
  [
    '403 Requests from this location are restricted by your enterprise',
    /^GitHub's sentence is the reason; if/,
  ],
  ['403 Must have admin rights to Repository.', /^grant it Actions: read$/],
];

test('each reason for a refusal has its own hint', () => {
  for (const [said, hint] of SAID) assert.match(hintFor(said, 'Actions: read'), hint, said);
});
