import { commandLineActor } from "#values/actor.ts";
import { demoEmail, findDemo, makeDemo } from "#demo/make-demo.ts";
import type { Context } from "#database/context.ts";
import type { PanelDatabase } from "#database/database.ts";
import type { Demo } from "#demo/make-demo.ts";

/**
 * Tells the person who started the panel where it is. On the first start on an empty embedded
 * database it makes the sandbox shop, and shows its key for the only time.
 */
export async function welcome(
  ctx: Context,
  database: PanelDatabase,
  at: { readonly url: string | undefined; readonly roles: readonly string[] },
  mayMakeDemo: boolean,
): Promise<void> {
  for (const note of database.notes) say(note);
  const demo = mayMakeDemo ? await makeDemo(ctx, commandLineActor("first start")) : undefined;
  if (at.url === undefined) {
    say(`Working (${at.roles.join(", ")}), listening nowhere.`);
    return;
  }
  // The first line names the address alone: scripts read it.
  say(`Listening on ${at.url}`);
  say("");
  if (at.roles.includes("web")) say(`  The panel    ${at.url}/`);
  if (at.roles.includes("api")) say(`  API v2       ${at.url}/api/v2`);
  say(`  Its form     ${at.url}/openapi.json`);
  if (demo?.ok === true) introduce(demo.value, at.url);
  else if ((await findDemo(ctx))?.state === "made") {
    say("");
    say("  The sandbox shop is still here. Its key was shown at the first start; for another one:");
    say(`  ./panel key create --email ${demoEmail}`);
  }
  say("");
  say("  Stop with Ctrl-C. Commands: ./panel --help");
}

function introduce(demo: Demo, url: string): void {
  const [followers = 1] = demo.services;
  const call = `curl -s ${url}/api/v2 -d key=${demo.key}`;
  say("");
  say("  This is a first start, so there is a sandbox shop, with a customer who has money.");
  say("  Nothing in it is real, and `./panel demo remove` takes it away.");
  say("  Its API key, shown this once:");
  say("");
  say(`    ${demo.key}`);
  say("");
  say(
    "  What is sold, an order, how it goes on (in about five seconds to Completed), the balance:",
  );
  say("");
  say(`    ${call} -d action=services`);
  const order = "-d action=add -d link=https://example.com/post -d quantity=1000";
  say(`    ${call} ${order} -d service=${followers}`);
  say(`    ${call} -d action=status -d order=1`);
  say(`    ${call} -d action=balance`);
  const [product] = demo.products;
  if (product === undefined) return;
  say("");
  say("  Digital goods: what there is, one of them from the stock, and what was delivered:");
  say("");
  say(`    ${call} -d action=products`);
  const buy = "-d action=add_product_order -d quantity=1 -d require=me@example.com";
  say(`    ${call} ${buy} -d product=${product}`);
  say(`    ${call} -d action=product_order_status -d order=1`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
