import type { Context } from "#database/context.ts";
import { readSettings, settingsSchema } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";

/** Every setting as it stands, with what it means. */
export async function viewSettings(ctx: Context, actor: Actor) {
  authorize(actor, "settings.read");
  const meanings = new Map(
    Object.entries(settingsSchema.shape).map(([key, schema]) => [key, schema.description]),
  );
  return Object.entries(await readSettings(ctx.db)).map(([key, value]) => ({
    key,
    value,
    meaning: meanings.get(key) ?? null,
  }));
}
