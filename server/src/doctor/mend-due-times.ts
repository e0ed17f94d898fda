import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { mendLateTimes } from "./due-times.sql.ts";
import type { LateTimes } from "./due-times.sql.ts";

/**
 * Makes due again what a clock that was ahead has put off: whatever is due later than any rule can
 * set it. Each column is a transaction of its own, so that no lock waits for another. Something due
 * too early does no harm: whoever takes it up checks what there is to do.
 */
export async function mendDueTimes(ctx: Context, actor: Actor): Promise<readonly LateTimes[]> {
  authorize(actor, "panel.mend");
  const { poll_seconds_max: pollSecondsMax } = await readSettings(ctx.db);
  const mended = await mendLateTimes(ctx.db, pollSecondsMax);
  if (mended.length > 0) {
    const connection = await ctx.db.connect();
    try {
      const after = Object.fromEntries(mended.map(({ place, rows }) => [place, rows]));
      await audit(connection, { actor, action: "due_times.mend", subject: "panel", after });
    } finally {
      connection.release();
    }
  }
  return mended;
}
