/**
 * The section of a version in CHANGELOG.md, without its heading; before it has one, that of what is unreleased. It is
 * what the notes of the release say. Throws when there is neither, or nothing in it.
 */
export function changelogSection(changelog: string, version: string): string {
  const sections = changelog
    .split(/^## /m)
    .slice(1)
    .map((section) => section.split(/\n([\s\S]*)/))
    .map(([heading = '', text = '']) => ({ heading, text: text.trim() }));
  const found = [version, 'Unreleased']
    .map((name) => sections.find(({ heading }) => heading.split(/[ \]]/)[0]?.replace('[', '') === name))
    .find((section) => section !== undefined);
  if (found === undefined || found.text === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`);
  return `${found.text}\n`;
}
