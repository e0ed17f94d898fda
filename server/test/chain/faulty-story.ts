import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { finalStatuses, nudge, openChain, pairs, unended, waitFor } from "./chain.ts";
import type { Chain, ChainPanel } from "./chain.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { openFaultyWire } from "./faulty-wire.ts";
import type { FaultyWire } from "./faulty-wire.ts";
import { chainOrders, placeOrders } from "./load.ts";
import type { PlacedOrder } from "./load.ts";
import { proveChain } from "./proof.ts";

export type StoryOptions = {
  readonly chance: Chance;
  readonly orders: number;
  /** Whether the panels know that the others honour request ids. */
  readonly honoursRequestIds: boolean;
  /** How long any one step may take. */
  readonly seconds: number;
};

export type Story = {
  /** Everything that is wrong. Empty where nothing was lost or bought twice. */
  readonly faults: readonly string[];
  /** How often the wires did each kind of harm, for the person who reads the report. */
  readonly harm: readonly string[];
  /** How many orders staff had to settle. */
  readonly settled: number;
};

const faultNames = Object.keys(faults) as readonly Fault[];
const timeoutMs = 1500;
/** By how much the orders' clocks are turned, so that every pause and every lease is over. */
const turnedHours = 3;
/** After this many turns of half a second, another panel dies. */
const killEvery = 10;
const settlersMax = 2;

/**
 * Three panels behind two faulty wires, each panel killed and restarted while orders come in. Then
 * the wires become good and time passes. Staff settle what is still of unknown outcome, by what the
 * seller's database says.
 */
export async function runFaultyStory(options: StoryOptions): Promise<Story> {
  const wires = new Map<ChainPanel, FaultyWire>();
  const closeWires = async () => {
    for (const wire of wires.values()) await wire.close();
  };
  try {
    const chain = await openChain({
      providerArgs: [
        "--set",
        `honours_request_id=${options.honoursRequestIds}`,
        "--timeout",
        String(timeoutMs / 1000),
      ],
      addressOf: async (seller) => {
        const wire = await openWireTo(seller, options);
        wires.set(seller, wire);
        return wire.url;
      },
    });
    return await tell(chain, wires, options).finally(chain.close);
  } finally {
    await closeWires();
  }
}

function openWireTo(seller: ChainPanel, options: StoryOptions): Promise<FaultyWire> {
  const { chance, honoursRequestIds, orders } = options;
  return openFaultyWire({
    name: seller.name,
    chance,
    target: seller.url,
    timeoutMs,
    // What staff have to settle takes a second each.
    share: { add: honoursRequestIds ? 0.12 : Math.min(0.06, 300 / orders), other: 0.2 },
    faults: faultNames.filter((fault) => honoursRequestIds || fault !== "repeated"),
  });
}

async function tell(
  chain: Chain,
  wires: ReadonlyMap<ChainPanel, FaultyWire>,
  options: StoryOptions,
): Promise<Story> {
  const { chance, honoursRequestIds, orders, seconds } = options;
  for (const wire of wires.values()) wire.rage();
  const placed = await placeUnderKills(chain, wires, options);
  // Orders not sent by then, because of a held queue or a killed worker's lease, go over the good
  // wires.
  const rageEndsAt = Date.now() + (10 + orders / 50) * 1000;
  for (let turn = 1; Date.now() < rageEndsAt && (await hasUnsent(chain)); turn++) {
    await nudge(chain);
    await pause(500);
    if (turn % killEvery !== 0) continue;
    const victim = chance.pick(chain.panels, "kill again", turn);
    await restart(victim, wires, victim.kill);
  }

  for (const wire of wires.values()) {
    wire.calm();
    await wire.open();
    await wire.idle();
  }
  await turnClocks(chain);
  // From the bottom up, so that each panel finds the one it asks.
  for (const panel of chain.panels.toReversed()) await restart(panel, wires, panel.stop);
  await waitFor(chain, seconds, async () => {
    await nudge(chain);
    await ageAttempts(chain);
    return honoursRequestIds ? unended(chain.panels[0]) : undecided(chain);
  });
  const settling = await settleUnknown(chain);
  await waitFor(chain, seconds, async () => {
    await nudge(chain);
    return unended(chain.panels[0]);
  });
  return {
    faults: await proveChain(chain, placed, settling.isGone),
    harm: [...wires].map(harmOf),
    settled: settling.settled,
  };
}

/** Places the load; at chosen points one panel dies and comes back. */
async function placeUnderKills(
  chain: Chain,
  wires: ReadonlyMap<ChainPanel, FaultyWire>,
  { chance, orders }: StoryOptions,
): Promise<PlacedOrder[]> {
  const [a] = chain.panels;
  const target = { url: a.url, keys: chain.keys, services: chain.services };
  const kills = chain.panels.map((panel, index) => ({
    panel,
    // Each panel dies once, in its third of the load.
    at: Math.ceil(((index + 0.2 + 0.6 * chance.of("kill", panel.name)) * orders) / 3),
  }));
  let restarting = Promise.resolve();
  const placed = await placeOrders(target, chainOrders(chance, orders), (count) => {
    for (const { panel, at } of kills) {
      if (at === count) restarting = restarting.then(() => restart(panel, wires, panel.kill));
    }
  });
  await restarting;
  return placed;
}

async function restart(
  panel: ChainPanel,
  wires: ReadonlyMap<ChainPanel, FaultyWire>,
  end: () => Promise<void>,
): Promise<void> {
  const wire = wires.get(panel);
  wire?.shut();
  await end();
  await panel.start();
  await wire?.open();
}

/** Lets time pass. Connections that are already open keep the old time until a restart. */
async function turnClocks(chain: Chain): Promise<void> {
  for (const { database, arrange } of chain.panels) {
    const name = new URL(database.url.replace("@/", "@localhost/")).pathname.slice(1);
    await arrange(`alter database ${name} set panel.clock_offset = '${turnedHours} hours'`);
  }
}

/**
 * Nothing is under way any more, so nothing can still arrive. Makes the panels believe that the
 * minute they allow for late arrivals is over.
 */
async function ageAttempts(chain: Chain): Promise<void> {
  const age = `update attempts set ended_at = started_at - interval '2 minutes'
                where outcome = 'unknown' and settled_as is null and ended_at > started_at`;
  for (const { buyer } of pairs(chain)) await buyer.arrange(age);
}

async function hasUnsent(chain: Chain): Promise<boolean> {
  for (const { buyer } of pairs(chain)) {
    const send = "select 1 from tasks where kind = 'send' and lease is null limit 1";
    if ((await buyer.query(send)).length > 0) return true;
  }
  return false;
}

/** Describes orders that have neither ended nor wait on a desk with an unknown outcome. */
async function undecided(chain: Chain): Promise<string | undefined> {
  const waiting = await listUnknown(chain);
  const links = [...new Set(waiting.map(({ link }) => link))];
  for (const panel of chain.panels) {
    const [row] = await panel.query<{ n: number }>(
      `select count(*)::integer as n from orders
        where status not in ${finalStatuses} and link <> all ($1::text[])`,
      links,
    );
    if (row?.n !== 0) return `${panel.name} has ${row?.n} undecided orders`;
  }
  return undefined;
}

type UnknownOrder = {
  readonly buyer: ChainPanel;
  readonly seller: ChainPanel;
  readonly id: number;
  readonly link: string;
};

/** The desk entries of unknown outcome. */
async function listUnknown(chain: Chain): Promise<UnknownOrder[]> {
  const lists = pairs(chain).map(async ({ buyer, seller }) => {
    const rows = await buyer.query<{ id: number; link: string }>(
      `select o.id, o.link
         from desk_entries d join orders o on o.account_id = d.account_id and o.id = d.order_id
        where d.closed_at is null and d.reason = 'unknown'
        order by o.id`,
    );
    return rows.map((row) => ({ ...row, buyer, seller }));
  });
  return (await Promise.all(lists)).flat();
}

/** Settles as staff with access to the seller's books would. */
async function settleUnknown(
  chain: Chain,
): Promise<{ settled: number; isGone: (link: string, seller: ChainPanel) => boolean }> {
  const gone = new Map<ChainPanel, Set<string>>(chain.panels.map((panel) => [panel, new Set()]));
  const unknown = await listUnknown(chain);
  const waiting = unknown.values();
  const settle = async () => {
    for (const { buyer, seller, id, link } of waiting) {
      const [found] = await seller.query<{ id: number }>(
        "select id from orders where link = $1",
        link,
      );
      const truth = found === undefined ? ["--refused"] : ["--accepted", String(found.id)];
      if (found === undefined) gone.get(seller)?.add(link);
      await buyer.command("order", "settle", String(id), ...truth);
    }
  };
  await Promise.all(Array.from({ length: settlersMax }, settle));
  return {
    settled: unknown.length,
    isGone: (link, seller) => gone.get(seller)?.has(link) === true,
  };
}

function harmOf([panel, wire]: [ChainPanel, FaultyWire]): string {
  const done = [...wire.counts].map(([kind, times]) => `${kind} ${times}`);
  return `to ${panel.name}: ${done.join(", ")}`;
}
