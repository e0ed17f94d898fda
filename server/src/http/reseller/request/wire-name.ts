const wireNames = new Map<string, string>();

/** `answerNumber` on the wire is `answer_number`. */
export function wireNameOf(field: string): string {
  const known = wireNames.get(field);
  if (known !== undefined) return known;
  const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  wireNames.set(field, name);
  return name;
}
