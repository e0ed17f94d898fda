import { commandLineActor, providerMover } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { ProviderId } from "#values/ids.ts";

/** The actor where a test does not care who acts: `cli:test`. */
export const tester = commandLineActor("test");

/** A provider whose answers move orders, where it does not matter which. */
export const someProvider: Mover = providerMover(idFromDatabase<ProviderId>("1"));
