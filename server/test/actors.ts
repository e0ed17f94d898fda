import { commandLineActor, providerMover } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { ProviderId } from "#values/ids.ts";

/** Who does in tests what the test is not about: `cli:test`. */
export const tester = commandLineActor("test");

/** A provider by whose answer orders move, where it does not matter which. */
export const someProvider: Mover = providerMover(idFromDatabase<ProviderId>("1"));
