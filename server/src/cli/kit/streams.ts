/** Writes an answer to standard output. */
export function print(text: string): void {
  process.stdout.write(asLine(text));
}

/** Writes a word that is not the answer to standard error. */
export function complain(text: string): void {
  process.stderr.write(asLine(text));
}

/** The text with a line break at its end. */
export function asLine(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * A reader that closed early (`… | head`) is no failure of the command; neither is a remark that
 * cannot be written. A lost answer is one.
 */
export function ignoreClosedPipes(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
