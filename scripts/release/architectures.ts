/** The architectures of the image, by the names that images and Debian use, and what npm calls them. */
export const ARCHITECTURES = { amd64: 'x64', arm64: 'arm64' } as const;

export type Architecture = keyof typeof ARCHITECTURES;
