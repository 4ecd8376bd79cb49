import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutIds } from './own-ids.ts';

const RUN = 36_926_834_055;
const OWN = {
  runId: RUN,
  jobId: 100_520_616_165,
  headSha: '9ac4452b94ebd18a84cc798e0411210f11d03734',
};

/** Labels and names from public reports, and what remains of them. */
const MADE_FOR_ONE_RUN: readonly (readonly [text: string, left: string])[] = [
  // RunsOn: runs-on/runs-on#386, opf/openproject#19303, runs-on/runs-on#127
  [
    `runs-on=${RUN}/runner=32cpu-linux-x64/family=m7+c7/ram=128`,
    'runs-on=*/runner=32cpu-linux-x64/family=m7+c7/ram=128',
  ],
  [`runs-on,runner=2cpu-linux-x64,run-id=${RUN}`, 'runs-on,runner=2cpu-linux-x64,run-id=*'],
  [`2cpu-linux-x64@runs-on::${RUN}`, '2cpu-linux-x64@runs-on::*'],
  // Cirun: thebrowsercompany/swift-build#199. The date is part of an image name.
  [`cirun-win11-23h2-pro-x64-64-2024-05-17--${RUN}`, 'cirun-win11-23h2-pro-x64-64-2024-05-17--*'],
  // EC2 and GCE: unblocked/ec2-action-builder#22 and #52, related-sciences/gce-github-runner#26
  [`${RUN}`, '*'],
  [`xyz${RUN}`, 'xyz*'],
  [`gce-gh-runner-${RUN}-31337`, 'gce-gh-runner-*'],
  // AWS CodeBuild: wso2/product-apim#14175, amazon-ion/ion-rust#738
  [`codebuild-wso2_product-apim-${RUN}-1`, 'codebuild-wso2_product-apim-*'],
  [
    `codebuild-p-${RUN}-2,image:arm-3.0,instance-size:medium`,
    'codebuild-p-*,image:arm-3.0,instance-size:medium',
  ],
  // 1ES pools: microsoft/openvmm#3140
  [`self-hosted,1ES.Pool=linux,JobId=build-${RUN}-152-1`, 'self-hosted,1ES.Pool=linux,JobId=build-*'],
  // A custom controller: alphastorm/omp-session-gateway#120
  ['gateway-ci-linux-x64-0b7c9a52-4a6e-4c1f-9a8e-3d2b1c0f9e8d', 'gateway-ci-linux-x64-*'],
  // The id of another run, recognised only by its form.
  ['parent-35991020774', 'parent-*'],
  [`job-${OWN.jobId}`, 'job-*'],
  [`deploy ${OWN.headSha}`, 'deploy *'],
  ['deploy 9ac4452', 'deploy *'],
  ['deploy 9AC4452b94', 'deploy 9AC4452b94'],
  ['Run actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab', 'Run actions/checkout@*'],
  ['npm_and_yarn in /. - Update #1544086901', 'npm_and_yarn in /. - Update #*'],
  ['vm-20241001123456', 'vm-*'],
  ['vm-202410011234', 'vm-*'],
  ['vm-20241001-123456', 'vm-*'],
  ['build 2024-10-01T12:34:56.789Z', 'build *'],
  ['build 2024-10-01 12:34', 'build *'],
  ['vm-1732832532', 'vm-*'],
  ['vm-1732832532123', 'vm-*'],
  [`${RUN}-x64,${RUN}-22.04,${RUN}-4x`, '*-x64,*-22.04,*-4x'],
];
for (const [text, left] of MADE_FOR_ONE_RUN)
  test(`"${text}" becomes "${left}"`, () => assert.equal(withoutIds(text, OWN), left));

const STABLE = [
  'ubuntu-24.04',
  'ubuntu-24.04-arm',
  'ubuntu-latest',
  'windows-2022',
  'windows-11-arm',
  'macos-14-xlarge',
  'macos-15-intel',
  'linux-8-core',
  'ubuntu-latest-16-cores',
  'node20',
  'v1.2.3',
  'c5.2xlarge',
  'gpu-a100-80gb',
  'nvidia-h100x8',
  'self-hosted,Linux,X64',
  'linux-mi325-1gpu-ossci-iree-org',
  'lf.ephemeral.linux.4xlarge.nvidia.gpu',
  'depot-ubuntu-22.04-4',
  'blacksmith-4vcpu-ubuntu-2204',
  'nscloud-ubuntu-22.04-amd64-4x16',
  'warp-ubuntu-latest-x64-4x',
  'buildjet-4vcpu-ubuntu-2204',
  'actuated-4cpu-12gb',
  'image=ubuntu22-full-x64',
  'ubuntu-20241001',
  'ubuntu22-20240922.1',
  'image-2024-05-17',
  'win11-23h2-pro-x64',
  'runner-123456789012',
  'port-25565',
  'deadbeef',
  'cafe1234',
  'arm64',
  'py3.10-cuda11.8',
  'Python 3.12.1 (64-bit)',
  'Shard 12 of 2048',
  'RFC 9112',
  'rocky-9-8192mb',
  'dc-03',
  'k8s-runners',
  'mt8m47-prod-01',
  'Analyze (javascript-typescript)',
  'test-2025-12',
  '2024-10-01',
  '1.21.0-rc.20241001',
  'team-0000042',
  'none',
];
for (const text of STABLE) test(`"${text}" stays as it is`, () => assert.equal(withoutIds(text, OWN), text));

test('an id as small as a version or a year is not removed', () => {
  const own = (runId: number) => ({ runId, jobId: null, headSha: null });
  assert.equal(withoutIds('ubuntu-22.04,node=22', own(22)), 'ubuntu-22.04,node=22');
  assert.equal(withoutIds('windows-2022', own(2022)), 'windows-2022');
  assert.equal(withoutIds('runs-on=4711,cpu=4', own(4711)), 'runs-on=*,cpu=4');
  assert.equal(withoutIds('runs-on=94711', own(4711)), 'runs-on=94711');
});

const id = fc.integer({ min: 10_000_000_000, max: 2 ** 40 });
const sha = fc.stringMatching(/^[0-9a-f]{40}$/);
const own = fc.record({ runId: id, jobId: id, headSha: sha });
const stable = fc.constantFrom('ubuntu-24.04', 'linux', 'x64', 'pool=gpu-a100', 'eu-west-1', '');
const PARTS = ['run', 'run+counters', 'job', 'sha', 'short', 'uuid', 'time', 'stable'] as const;
const part = fc.record({
  kind: fc.constantFrom(...PARTS),
  stable,
  joint: fc.constantFrom('-', '--', '=', '/', ',', ': '),
});
const made = fc.record({
  own,
  uuid: fc.uuid(),
  time: fc.date({ min: new Date(1.6e12), max: new Date(1.9e12), noInvalidDate: true }),
  counter: fc.nat(99_999),
});

test('a name made from a template is the same for every run', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), made, made, (template, one, other) => {
      const textOf = ({ own: ids, uuid, time, counter }: typeof one) =>
        template
          .map(({ kind, stable: text, joint }) => {
            const parts = {
              run: `${ids.runId}`,
              'run+counters': `${ids.runId}-${counter}-1`,
              job: `${ids.jobId}`,
              sha: ids.headSha,
              short: ids.headSha.slice(0, 8),
              uuid,
              time: time.toISOString(),
              stable: text,
            };
            return `${parts[kind]}${joint}`;
          })
          .join('')
          .concat('end');
      assert.equal(withoutIds(textOf(one), one.own), withoutIds(textOf(other), other.own));
    }),
    { numRuns: 500 },
  );
});

test('removing ids is idempotent', () => {
  const piece = fc.oneof(
    id.map(String),
    fc.uuid(),
    sha,
    stable,
    fc.nat().map(String),
    fc.constantFrom('-', '_', '*', '.', '20241001', '1234', '12', 'f'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), own, (pieces, ids) => {
      const once = withoutIds(pieces.join(''), ids);
      assert.equal(withoutIds(once, ids), once);
      assert.equal(withoutIds(once), once);
    }),
    { numRuns: 2000 },
  );
});
