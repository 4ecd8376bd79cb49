import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResult } from '../../domain/github-api.ts';
import type { GitHubInspection, HookConfig, SeenDelivery, SeenHook } from '../../github/inspection.ts';
import { checkCredentials, checkPermissions, judgeLimit, judgeRepositories } from './check-access.ts';
import { judgeClock } from './check-clock.ts';
import { checkHooks, judgeDeliveries, judgeHook } from './check-hooks.ts';
import type { Finding } from './finding.ts';
import type { Places } from './needed-access.ts';

const MISSING: ApiResult<never> = { kind: 'missing' };
const FORBIDDEN: ApiResult<never> = {
  ...{ kind: 'forbidden', permission: 'Actions: read', message: 'GitHub answered 403 no' },
  ...{ said: '403 no', hint: 'grant it Actions: read' },
};

function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

function levels(findings: readonly Finding[]) {
  return findings.map(({ level }) => level);
}

/** Everything is missing, except for `over`. */
function inspection(over: Partial<GitHubInspection>): GitHubInspection {
  const missing = async () => MISSING;
  const all = { limit: missing, anyRepository: missing, runs: missing, runners: missing };
  return {
    ...all,
    annotations: missing,
    enterpriseRunners: missing,
    bill: missing,
    appHook: missing,
    hooks: missing,
    deliveries: missing,
    ...over,
  };
}

test('a clock over half a minute off is a warning; no answer fails', () => {
  assert.deepEqual(levels(judgeClock({ ms: 1000, isFromGitHub: true }, 1500, 1900)), ['ok']);
  assert.deepEqual(levels(judgeClock({ ms: 31_900, isFromGitHub: true }, 1500, 1900)), ['ok']);
  assert.deepEqual(levels(judgeClock({ ms: 32_000, isFromGitHub: true }, 1500, 1900)), ['warning']);
  assert.match(judgeClock({ ms: 62_000, isFromGitHub: true }, 1500, 2000)[0]?.what ?? '', /60 s behind/);
  assert.deepEqual(levels(judgeClock({ ms: 1000, isFromGitHub: true }, 32_000, 33_000)), ['ok']);
  assert.match(judgeClock({ ms: 1000, isFromGitHub: true }, 62_000, 63_000)[0]?.what ?? '', /60 s ahead/);
  assert.deepEqual(levels(judgeClock({ reason: 'no way' }, 0, 0)), ['failed']);
});

test('working credentials are shown with their remaining budget', async () => {
  assert.equal(judgeLimit('it', ok({ limit: 100, remaining: 10 })).level, 'ok');
  assert.equal(judgeLimit('it', ok({ limit: 100, remaining: 9 })).level, 'warning');
  assert.equal(judgeLimit('it', ok(null)).level, 'ok');
  assert.equal(judgeLimit('it', MISSING).level, 'ok');
  assert.equal(judgeLimit('it', FORBIDDEN).level, 'failed');
  const asked: (string | null)[] = [];
  const limit = async (owner: string | null) => {
    asked.push(owner);
    return ok({ limit: 10, remaining: 10 });
  };
  const all = [
    { name: 'app:1', owner: 'octo' },
    { name: 'token', owner: null },
  ];
  const credentials = async () => ok(all);
  const access = await checkCredentials({ credentials }, inspection({ limit }), true);
  assert.deepEqual([access.owners, levels(access.findings), asked], [['octo'], ['ok', 'ok'], ['octo', null]]);
});

test('a failing credential gets the advice it needs: another token, or the missing permission', () => {
  const refusal = { said: '401 Bad credentials', remedy: 'renew github.token' };
  const refused = {
    ...FORBIDDEN,
    message: 'GitHub answered 401 Bad credentials',
    hint: refusal.remedy,
    refusal,
  };
  const { what, hint } = judgeLimit('the token', refused);
  assert.equal(what, 'the token does not get in: GitHub answered 401 Bad credentials');
  assert.equal(hint, 'renew github.token');
  assert.equal(judgeLimit('the token', FORBIDDEN).hint, 'grant it Actions: read');
});

test('an App that is refused, or installed nowhere, fails', async () => {
  const refused = await checkCredentials({ credentials: async () => FORBIDDEN }, inspection({}), true);
  assert.deepEqual([levels(refused.findings), refused.owners], [['failed'], []]);
  const nowhere = { credentials: async () => ok([]) };
  assert.deepEqual(levels((await checkCredentials(nowhere, inspection({}), true)).findings), ['failed']);
  assert.deepEqual(levels((await checkCredentials(nowhere, inspection({}), false)).findings), []);
});

const NOWHERE: Places = { repositories: [], owners: [], annotated: [], enterprises: [], billing: [] };

test('runs must be readable, runners should be, and users have no runners', async () => {
  const check = (runs: ApiResult<unknown>, runners: ApiResult<unknown>) =>
    checkPermissions(inspection({ runs: async () => runs, runners: async () => runners }), {
      ...NOWHERE,
      owners: ['octo'],
      repositories: ['octo/ants'],
    });
  assert.deepEqual(levels(await check(ok({}), ok({}))), ['ok', 'ok']);
  assert.deepEqual(levels(await check(FORBIDDEN, FORBIDDEN)), ['failed', 'warning']);
  assert.deepEqual(levels(await check(MISSING, MISSING)), ['failed']);
  assert.match((await check(FORBIDDEN, MISSING))[0]?.hint ?? '', /Actions: read/);
});

test('annotations must be readable where they are asked for', async () => {
  const check = async (answer: ApiResult<unknown>, annotated: readonly string[]) =>
    checkPermissions(inspection({ annotations: async () => answer }), { ...NOWHERE, annotated });
  assert.deepEqual(levels(await check(ok({}), ['octo/ants'])), ['ok']);
  const [denied] = await check(FORBIDDEN, ['octo/ants']);
  assert.deepEqual([denied?.level, denied?.hint], ['failed', 'grant it Actions: read']);
  assert.match(
    denied?.what ?? '',
    /^annotations of jobs of octo\/ants can't be read, as github\.annotations asks/,
  );
  assert.deepEqual(await check(FORBIDDEN, []), []);
});

test('what is read because somebody named it must be readable; which token GitHub wants is said', async () => {
  const check = async (answer: ApiResult<unknown>) =>
    checkPermissions(inspection({ enterpriseRunners: async () => answer, bill: async () => answer }), {
      ...NOWHERE,
      enterprises: ['octo-corp'],
      billing: ['octo'],
    });
  assert.deepEqual(levels(await check(ok({}))), ['ok', 'ok']);
  const [runners, bill] = await check(MISSING);
  assert.deepEqual([runners?.level, bill?.level], ['failed', 'failed']);
  assert.match(runners?.hint ?? '', /manage_runners:enterprise.*classic token/);
  assert.match(bill?.hint ?? '', /Administration: read.*Plan: read/);
  assert.match((await check(FORBIDDEN))[1]?.hint ?? '', /grant it/);
  assert.deepEqual(await checkPermissions(inspection({}), NOWHERE), []);
});

test("repositories that cannot be listed fail, in GitHub's words; an omitted one is a warning", () => {
  const judge = (answer: Parameters<typeof judgeRepositories>[1]) => {
    const [finding] = judgeRepositories('octo', answer);
    return finding === undefined ? '' : `${finding.level}: ${finding.what} → ${finding.hint}`;
  };
  assert.equal(judge(ok({ name: 'octo/ants', leftOut: null })), '');
  assert.match(judge(ok({ name: null, leftOut: null })), /^warning: no repository of octo is seen/);
  assert.match(judge(MISSING), /^warning: no repository of octo is seen/);
  assert.match(
    judge(FORBIDDEN),
    /^failed: .* can't be listed: GitHub answered 403 no → grant it Actions: read$/,
  );
  const leftOut = 'private repositories of octo';
  assert.match(
    judge(ok({ name: 'octo/ants', leftOut })),
    /^warning: left out are private .*github\.repositories/,
  );
});

const HOOK: SeenHook = {
  ...{ of: 'octo', isActive: true, events: ['workflow_job', 'workflow_run'] },
  ...{ log: '/log', owner: 'octo', params: {}, config: null },
};

test('a hook must be active and should send both events', () => {
  assert.deepEqual(levels(judgeHook(HOOK)), ['ok']);
  assert.deepEqual(levels(judgeHook({ ...HOOK, events: ['*'] })), ['ok']);
  assert.deepEqual(levels(judgeHook({ ...HOOK, events: ['workflow_run'] })), ['warning']);
  assert.deepEqual(levels(judgeHook({ ...HOOK, isActive: false })), ['failed']);
});

const CONFIG: HookConfig = {
  ...{ url: 'https://ants.example/webhook', contentType: 'json', isVerified: true, hasSecret: true },
};

test('a hook should have a secret, verify certificates, and use an accepted content type', () => {
  const judge = (over: Partial<HookConfig>) => levels(judgeHook({ ...HOOK, config: { ...CONFIG, ...over } }));
  assert.deepEqual(judge({}), ['ok']);
  assert.deepEqual(judge({ contentType: 'form' }), ['ok']);
  assert.deepEqual(judge({ contentType: 'xml' }), ['ok', 'warning']);
  assert.deepEqual(judge({ isVerified: false, hasSecret: false }), ['ok', 'warning', 'warning']);
});

test('a missing hook is reported only where hooks were looked for and visible', async () => {
  const judge = async (targets: string[], hooks: Awaited<ReturnType<GitHubInspection['hooks']>>) => {
    const options = { hasApp: false, targets, paths: ['/webhook'] };
    return (await checkHooks(inspection({ hooks: async () => hooks }), options)).map(({ what }) => what);
  };
  assert.deepEqual(await judge(['octo'], ok([])), ['no hook is seen that sends workflow_job']);
  assert.deepEqual(await judge([], ok([])), [
    'no repository or organization is named, so no webhook can be checked',
  ]);
  const refused = { kind: 'failed', reason: '401', retryAtMs: null } as const;
  const [seen = '', ...more] = await judge(['octo'], refused);
  assert.match(seen, /^hooks can't be seen/);
  assert.deepEqual(more, []);
});

test('some hook should point at our path, as far as that is visible, and no URL is shown', async () => {
  let paths = ['/webhook'];
  const judge = async (...urls: (string | null)[]) => {
    const hooks = urls.map((url) => ({ ...HOOK, config: url === null ? null : { ...CONFIG, url } }));
    const seen = inspection({
      hooks: async () => ok(hooks),
      deliveries: async () => ok([attempt('a', true)]),
    });
    const findings = await checkHooks(seen, { hasApp: false, targets: ['octo'], paths });
    assert.ok(!findings.some(({ what }) => what.includes('key')));
    return findings.filter(({ level }) => level === 'warning').map(({ what }) => what);
  };
  const none = ['no hook is seen whose payload URL ends with /webhook'];
  assert.deepEqual(await judge('https://ants.example/webhook/'), []);
  assert.deepEqual(await judge('https://other.example/key', 'https://ants.example/webhook?key=1'), []);
  assert.deepEqual(await judge('https://other.example/key', null), []);
  assert.deepEqual(await judge('https://other.example/key', 'https://ants.example/'), none);
  assert.deepEqual(await judge('no URL'), none);
  paths = ['/webhook/'];
  assert.deepEqual(await judge('https://ants.example/webhook'), []);
  paths = ['/webhook', '/gh_event'];
  assert.deepEqual(await judge('https://ants.example/gh_event/'), []);
  assert.deepEqual(await judge('https://ants.example/github'), [
    'no hook is seen whose payload URL ends with /webhook or /gh_event',
  ]);
  paths = ['*'];
  assert.deepEqual(await judge('https://ants.example/github'), []);
});

function attempt(guid: string, isDelivered: boolean, event = 'workflow_job'): SeenDelivery {
  return { guid, event, isDelivered, atMs: 0, status: isDelivered ? 'OK' : 'timed out' };
}

test('an event arrived when one attempt succeeded; when none did, something is wrong', () => {
  const judge = (...attempts: SeenDelivery[]) => judgeDeliveries('octo', attempts);
  assert.equal(judge(attempt('a', true), attempt('a', false), attempt('b', true)).level, 'ok');
  assert.match(judge(attempt('a', true), attempt('a', false)).what, /latest 1 events/);
  const some = judge(attempt('a', false), attempt('b', true), attempt('c', false));
  assert.deepEqual([some.level, /2 of the latest 3 .*1970.*timed out/.test(some.what)], ['warning', true]);
  assert.equal(judge(attempt('a', false), attempt('c', false)).level, 'failed');
  assert.equal(judge(attempt('a', false, 'push')).level, 'warning');
});

test('hooks are looked for in all possible places; hooks of other programs are ignored', async () => {
  const targets: string[] = [];
  const seen = inspection({
    appHook: async () => ok([{ ...HOOK, of: 'the App' }]),
    async hooks(target) {
      targets.push(target);
      return target === 'octo' ? ok([{ ...HOOK, events: ['push'] }]) : FORBIDDEN;
    },
    deliveries: async () => ok([attempt('a', true)]),
  });
  const findings = await checkHooks(seen, {
    hasApp: true,
    targets: ['octo', 'octo/ants'],
    paths: ['/webhook'],
  });
  assert.deepEqual(
    [levels(findings), targets],
    [
      ['warning', 'ok', 'ok'],
      ['octo', 'octo/ants'],
    ],
  );
  assert.deepEqual(
    levels(await checkHooks(inspection({}), { hasApp: false, targets: ['octo'], paths: ['/webhook'] })),
    ['warning'],
  );
  const silent = inspection({ hooks: async () => ok([HOOK]), deliveries: async () => FORBIDDEN });
  assert.deepEqual(
    levels(await checkHooks(silent, { hasApp: false, targets: ['octo'], paths: ['/webhook'] })),
    ['ok', 'warning'],
  );
  const off = inspection({ hooks: async () => ok([{ ...HOOK, isActive: false }]) });
  assert.deepEqual(levels(await checkHooks(off, { hasApp: false, targets: ['octo'], paths: ['/webhook'] })), [
    'failed',
  ]);
});
