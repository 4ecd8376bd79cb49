/** Payload texts are cut to this length when they are read, and stored so. */
export const MAX_TEXT_LENGTH = 1000;

/** The beginning of a text, without half a character at its end. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}
