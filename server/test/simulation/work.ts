import { findProvider } from "#providers/providers.sql.ts";
import { laneKinds } from "#workers/lanes.ts";
import type { Deed } from "./customers.ts";
import type { World } from "./world.ts";

/** One round of one kind of work with one provider, as a worker does it. */
export const work: Deed = async (world) => {
  const lane = world.random.pick(laneKinds);
  const id = world.random.pick(world.providers);
  const done = await takeTurn(world, lane, id);
  return `work ${lane.name}${done > 0 ? "" : ": nothing due"}`;
};

/** Every kind of work with every provider once. Returns how much was done. */
export async function workAll(world: World): Promise<number> {
  let done = 0;
  for (const id of world.providers) {
    for (const lane of laneKinds) done += await takeTurn(world, lane, id);
  }
  return done;
}

async function takeTurn(
  { ctx }: World,
  lane: (typeof laneKinds)[number],
  id: World["providers"][number],
): Promise<number> {
  const provider = await findProvider(ctx.db, id);
  if (provider === undefined) throw new Error(`provider ${id} is gone`);
  return lane.run(ctx, provider, new AbortController().signal);
}

const secondsForward = [5, 60, 60, 600, 600, 3600, 3600, 21_600, 86_400];
const secondsBack = [-30, -300, -3600, -21_600];

/** Moves time forwards, and now and then back. */
export const turnClock: Deed = async ({ clock, random }) => {
  const isBack = random.chance(0.12);
  await clock.turn(random.pick(isBack ? secondsBack : secondsForward));
  return isBack ? "clock back" : "clock";
};
