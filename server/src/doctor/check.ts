/**
 * What the doctor found about one thing. `warn` is for somebody to look at, `bad` for somebody to
 * mend.
 */
export type Finding = {
  readonly name: string;
  readonly state: "ok" | "warn" | "bad";
  /** What the state is. */
  readonly text: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly advice?: string;
};

export function fine(name: string, text: string): Finding {
  return { name, state: "ok", text };
}

export function warn(name: string, text: string, advice: string): Finding {
  return { name, state: "warn", text, advice };
}

export function bad(name: string, text: string, advice: string): Finding {
  return { name, state: "bad", text, advice };
}
