import { makeDemo } from "#demo/make-demo.ts";
import type { MakeDemoRefusal } from "#demo/make-demo.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";

const texts: Readonly<Record<MakeDemoRefusal["code"], string>> = {
  demo_exists: "The sandbox shop is there already.",
  demo_removed: "The sandbox shop was removed.",
  panel_not_empty: "The sandbox shop is made in an empty panel only, and this one is in use.",
};

export const demoCreate: CliCommand = {
  name: "demo create",
  summary: "Makes the sandbox shop in an empty panel and prints its API key.",
  options: [],
  run: async (panel) => {
    const { ctx, database, actor } = await panel.open();
    if (database.place.kind === "server") {
      const text = "With PANEL_DATABASE_URL no sandbox shop is made.";
      return refused({ code: "demo_not_here", text });
    }
    const made = await makeDemo(ctx, actor, { isWantedAgain: true });
    if (!made.ok) return refused({ code: made.refusal.code, text: texts[made.refusal.code] });
    const { key, customer, services, products } = made.value;
    return answer(
      { key, customer, services, products },
      `The sandbox shop has ${services.length} services and ${products.length} products. Its API ` +
        `key, shown this once: ${key}`,
    );
  },
};
