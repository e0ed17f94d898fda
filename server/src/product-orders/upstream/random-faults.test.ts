import fc from "fast-check";
import { expect, test } from "vitest";
import { goodsFaults, goodsProvider } from "#test/goods-provider.ts";

import { goodsScene } from "#test/goods-scene.ts";
import { testPanel } from "#test/panel.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

const faults = fc.array(fc.option(fc.constantFrom(...goodsFaults), { nil: undefined }), {
  minLength: 6,
  maxLength: 12,
});

test.each([false, true])(
  "whatever goes wrong, no order is asked for twice without a definite no (request ids: %s)",
  { timeout: 120_000 },
  async (honours) => {
    let madeInAll = 0;
    await fc.assert(
      fc.asyncProperty(faults, fc.array(fc.nat(2), { maxLength: 14 }), async (wrong, turns) => {
        goods.reset();
        goods.honoursRequestIds = honours;
        await scene.open({
          parallelCalls: 2,
          timeoutMs: 150,
          settings: { honours_request_id: String(honours) },
        });
        const orders = await Promise.all([1, 1, 2, 1].map((quantity) => scene.buy(quantity)));
        goods.faults = [...wrong];

        for (const turn of turns) {
          await panel.ctx.db.query("update provider_states set probe_at = panel_now()");
          await scene.hurry();
          if (turn === 0) await scene.send();
          else if (turn === 1) await scene.reconcile();
          else await scene.poll();
        }

        for (const order of orders) {
          const attempts = await scene.attempts(order);
          const ids = new Set(attempts.map(({ requestId }) => requestId));
          const there = goods.orders.filter(({ requestId }) => ids.has(requestId ?? ""));
          if (honours) expect(there.length).toBeLessThanOrEqual(1);
          // Without request ids: only what was certainly not taken is sent again.
          else {
            for (const before of attempts.slice(0, -1)) {
              expect(["not_sent", "refused"]).toContain(before.outcome);
            }
          }
          const { status, delivered, quantity } = await scene.order(order);
          if (status === "completed") expect(delivered).toBe(quantity);
        }
        const asked = scene.added().length;
        const made = goods.orders.length;
        madeInAll += made;
        expect(made).toBeLessThanOrEqual(honours ? orders.length : asked);
        if (!honours) expect(made).toBeLessThanOrEqual(orders.length);
        const { rows } = await panel.ctx.db.query<{ n: number }>(
          `select count(*) as n from (select digest from product_items where origin = 'provider'
                                       group by digest having count(*) > 1) twice`,
        );
        expect(rows[0]?.n).toBe(0);
      }),
      { numRuns: 20 },
    );
    expect(madeInAll).toBeGreaterThan(0);
  },
);
