/*
 * 403 and 451 have many reasons. Only GitHub's words distinguish them, and each needs a different action.
 */

/** What GitHub says, and what helps. */
const DENIALS: readonly (readonly [said: RegExp, hint: string])[] = [
  [
    /\bIP allow list\b|\bIP address is not permitted\b/i,
    'add the address that ant-watcher sends from to the IP allow list of the organization or enterprise',
  ],
  [
    /\bSAML\b|\bsingle sign-on\b/i,
    "authorize the token for the organization's single sign-on (Configure SSO in the settings of the token), or use a GitHub App",
  ],
  [/\binstallation\b.*\bsuspended\b/i, "unsuspend the App's installation in the settings of its account"],
  [
    /\baccount (was|is|has been) (suspended|locked|flagged)\b/i,
    'the account is blocked by GitHub: ask its owner, or use the token of another one',
  ],
  [
    /\baccess blocked\b|\bunavailable for legal reasons\b|\bdisabled by GitHub\b|\bToS\b/i,
    'GitHub has blocked the repository: its page there says why; take it out of github.repositories if it stays so',
  ],
  [
    /\bpersonal access token\b.*\b(forbids?|classic|lifetime|expir)|\bforbids? access via\b/i,
    "the organization's policy for personal access tokens refuses this one: make one that it allows, or use a GitHub App",
  ],
  [
    /\bOAuth App access restrictions\b/i,
    'ask an owner of the organization to approve access for the application that the token belongs to',
  ],
  [
    /\bActions\b.*\b(is|are|has been|have been) (disabled|not enabled)\b/i,
    'enable Actions in the settings of the repository or organization, or take it out of github.repositories',
  ],
];

/**
 * Not JSON: a page from something between here and GitHub. A 404 needs no words: it is how GitHub hides what
 * a missing scope would show.
 */
const PAGE = /^(403|451)\s*(<|$)/;
/** How GitHub words that a permission is missing. */
const PERMISSION = /^404$|\bnot accessible by\b|\bmust (have|be|grant)\b|\b(scopes?|permissions?|rights)\b/i;

/**
 * What a person has to do about a refusal in these words; without another reason, a permission is missing.
 */
export function hintFor(said: string, permission: string): string {
  const found = DENIALS.find(([words]) => words.test(said));
  if (found !== undefined) return found[1];
  if (PAGE.test(said))
    return 'this is not an answer of the API: is there a proxy or firewall between here and GitHub?';
  const grant = `grant it ${permission}`;
  return PERMISSION.test(said)
    ? grant
    : `GitHub's sentence is the reason; if it means a permission, ${grant}`;
}
