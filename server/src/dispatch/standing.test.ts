import fc from "fast-check";
import { expect, test } from "vitest";
import { standingOf } from "./standing.ts";
import type { Try } from "./standing.ts";

const harmless = fc.oneof(
  fc.constantFrom("refused" as const, "not_sent" as const).map((outcome) => ({ outcome })),
  fc.constant({ outcome: "unknown" as const, settledAs: "refused" as const }),
);
const taken = fc.constantFrom(
  { outcome: undefined },
  { outcome: "accepted" as const, providerOrder: "7" },
  { outcome: "unknown" as const },
  { outcome: "unknown" as const, settledAs: "accepted" as const, providerOrder: "7" },
);

function numbered(tries: readonly Partial<Try>[]): Try[] {
  return tries.map((each, index) => ({
    number: index + 1,
    outcome: undefined,
    providerOrder: undefined,
    settledAs: undefined,
    ...each,
  }));
}

test("an order of which every try is known to have come to nothing is free, for its next try", () => {
  fc.assert(
    fc.property(fc.array(harmless), (tries) => {
      expect(standingOf(numbered(tries))).toMatchObject({
        kind: "free",
        number: tries.length + 1,
      });
    }),
  );
});

test("one try that may have been taken is enough, wherever it stands among the others", () => {
  fc.assert(
    fc.property(fc.array(harmless), taken, fc.array(harmless), (before, one, after) => {
      expect(standingOf(numbered([...before, one, ...after])).kind).not.toBe("free");
    }),
  );
});

test("a call under way counts before all, then what was accepted, then what nobody knows", () => {
  const open = { outcome: undefined };
  const accepted = { outcome: "accepted", providerOrder: "7" } as const;
  const unknown = { outcome: "unknown" } as const;

  expect(standingOf(numbered([accepted, unknown, open]))).toMatchObject({
    kind: "open",
    attempt: { number: 3 },
  });
  expect(standingOf(numbered([unknown, accepted]))).toEqual({
    kind: "accepted",
    providerOrder: "7",
  });
  expect(standingOf(numbered([unknown, unknown]))).toMatchObject({
    kind: "unknown",
    attempt: { number: 1 },
    number: 3,
  });
});
