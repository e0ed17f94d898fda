import { expect, test } from "vitest";
import { chainSeed, openChance } from "./chance.ts";
import { runFaultyStory } from "./faulty-story.ts";

const orders = Number(process.env["CHAIN_ORDERS"] ?? 150);
const seconds = 60 + orders / 10;
const chance = openChance(chainSeed());
const seed = `CHAIN_SEED=${chance.seed}`;
const timeout = (4 * seconds + 120 + orders / 5) * 1000;
/** Few orders wait for most of their time: both stories take little longer than one. */
const concurrent = orders <= 1000;

test(
  `with request ids, ${orders} orders behind a faulty wire settle by themselves (${seed})`,
  { timeout, concurrent },
  async () => {
    const story = await runFaultyStory({ chance, orders, honoursRequestIds: true, seconds });

    process.stdout.write(`${story.harm.join("\n")}\n`);
    expect(story.faults).toEqual([]);
  },
);

test(
  `without request ids, none of ${orders} orders is lost or bought twice: staff settles (${seed})`,
  { timeout, concurrent },
  async () => {
    const story = await runFaultyStory({ chance, orders, honoursRequestIds: false, seconds });

    process.stdout.write(
      `${story.harm.join("\n")}\n${story.settled} orders were settled by staff\n`,
    );
    expect(story.faults).toEqual([]);
  },
);
