/** A record less what programs are not told; the rest as it stood. */
export function without<Row extends object>(
  row: Row,
  ...names: readonly (keyof Row & string)[]
): Readonly<Record<string, unknown>> {
  const left = new Set<string>(names);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !left.has(name)));
}
