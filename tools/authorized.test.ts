import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { useCasesOfStaff } from "./tidy/authorized.ts";
import type { UseCase } from "./tidy/authorized.ts";
import { workingTree } from "./tidy/tree.ts";
import { field } from "./tidy/unknown.ts";

// Every use case of staff, called by somebody without the permission: it may touch nothing else.
const root = dirname(import.meta.dirname);
const useCases = useCasesOfStaff(workingTree(root));

test("there are use cases of staff to be called", () => {
  expect(useCases.length).toBeGreaterThan(60);
});

test.each(useCases)(
  "$name refuses staff without $permission before it touches anything",
  async (useCase) => {
    const thrown = await call(useCase, []);

    expect(field(thrown, "name")).toBe("Forbidden");
    expect(field(thrown, "permission")).toBe(useCase.permission);
  },
);

test.each(useCases)("$name asks for more than $permission, or goes on with it", async (useCase) => {
  const thrown = await call(useCase, [useCase.permission ?? ""]);

  expect(field(thrown, "permission")).not.toBe(useCase.permission);
});

/** What the use case throws when it gets a context and other arguments that may not be touched. */
async function call(useCase: UseCase, permissions: readonly string[]): Promise<unknown> {
  const { file, name, actorAt, takenApart } = useCase;
  const module: unknown = await import(join(root, file));
  const run = field(module, name);
  if (typeof run !== "function") throw new TypeError(`${file} has no ${name}`);
  const actor = { kind: "staff", id: 1, name: "nobody", permissions: new Set(permissions) };
  const given = takenApart.map((isTakenApart, at) => {
    if (at === actorAt) return actor;
    return isTakenApart ? {} : untouchable();
  });
  try {
    const result: unknown = await Reflect.apply(run, undefined, given);
    return result;
  } catch (error) {
    return error;
  }
}

function untouchable(): object {
  const touch = () => {
    throw new Error("touched");
  };
  return new Proxy(touch, { get: touch, has: touch, apply: touch, ownKeys: touch });
}
