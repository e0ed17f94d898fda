import { expect, test } from "vitest";
import { chainSeed, openChance } from "./chance.ts";
import { nudge, openChain, unended, waitFor } from "./chain.ts";
import { chainOrders, placeOrders } from "./load.ts";
import { proveChain } from "./proof.ts";

const orders = Number(process.env["CHAIN_ORDERS"] ?? 600);
const seconds = 60 + orders / 10;
const chance = openChance(chainSeed());

test(
  `${orders} orders pass through three panels and end alike, to the last digit (CHAIN_SEED=${chance.seed})`,
  { timeout: (seconds + 120) * 1000 },
  async () => {
    const chain = await openChain({ providerArgs: ["--set", "honours_request_id=true"] });
    try {
      const [a] = chain.panels;
      const target = { url: a.url, keys: chain.keys, services: chain.services };

      const placed = await placeOrders(target, chainOrders(chance, orders));

      await waitFor(chain, seconds, async () => {
        await nudge(chain);
        return unended(a);
      });
      expect(await proveChain(chain, placed)).toEqual([]);
    } finally {
      await chain.close();
    }
  },
);
