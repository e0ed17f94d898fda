/** A record without what programs are not told. The rest is unchanged. */
export function without<Row extends object>(
  row: Row,
  ...names: readonly (keyof Row & string)[]
): Readonly<Record<string, unknown>> {
  const left = new Set<string>(names);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !left.has(name)));
}
