import type { Context } from "#database/context.ts";
import { hasOtherSources } from "#catalog/sources.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { leaseTasks, giveBackTasks } from "#tasks/tasks.sql.ts";
import { applyTriage, triageDue } from "./triage-due.ts";

const ordersMax = 100;
const restSeconds = 30;

/**
 * Runs while nothing may be sent to this provider. Due orders that another source may deliver go
 * there, at most 100 in a round; the others rest. Returns how many were moved. Orders that the
 * provider may have taken are never moved.
 */
export async function divertOrders(ctx: Context, provider: Provider): Promise<number> {
  if (!(await hasOtherSources(ctx.db, provider.id))) return 0;
  const tasks = await leaseTasks(ctx.db, {
    providerId: provider.id,
    kind: "send",
    limit: ordersMax,
  });
  if (tasks.length === 0) return 0;
  const { ready, aside } = await triageDue(ctx, provider, tasks, { isOpenHere: false });
  await applyTriage(ctx, provider, aside);
  // They stay here. The pause lets the next round see other orders before these come round again.
  await giveBackTasks(
    ctx.db,
    ready.map(({ task }) => task),
    restSeconds,
  );
  return aside.length;
}
