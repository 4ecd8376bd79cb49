import { NEEDED_ACCESS } from '../src/cli/doctor/needed-access.ts';
import { permissionOf } from '../src/github/client/permissions.ts';

/** The section of `docs/configuration.md` that says which permission a setting needs. */
export function permissionsSection(): string {
  const rows = NEEDED_ACCESS.flatMap(({ what, setting, routes }) => {
    const by = setting === null ? 'always' : `\`${setting}\``;
    return routes.map((route) => `| ${what} … | ${by} | ${permissionOf(route).name} | \`GET ${route}\` |`);
  });
  return `## Permissions at GitHub

What a setting needs is tried by \`ant-watcher doctor\` with the same requests. [Log in to GitHub](install.md#log-in-to-github)
says which login suits.

| for | setting | permission | tried with |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}
