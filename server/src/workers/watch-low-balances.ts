import { watchLowBalances } from "#webhooks/watch-low-balances.ts";
import type { Job } from "./job.ts";

/** Tells customers whose balance fell below their mark. */
export const tellLowBalances: Job = {
  name: "watch-low-balances",
  everySeconds: 5,
  run: watchLowBalances,
};
