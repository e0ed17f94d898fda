/** JSON as it is shown: indented. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
