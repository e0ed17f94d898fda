import type { CustomRate } from "#catalog/custom-rate.ts";
import type { Given } from "./command.ts";
import { flag, optional, UsageError } from "./option.ts";
import { amount, percent } from "./readers.ts";

/** The options for a customer's own rate. `what` describes the fixed one. */
export function customRateOptions(what: string) {
  const says = `this ${what}, whatever the list says`;
  const fixed = optional("--fixed <amount>", says, amount, ["--rate <amount>"]);
  const share = optional("--percent <percent>", "of the list price: 80 pays 80 %", percent);
  const remove = flag("--remove", "the list price again");
  return {
    options: [fixed, share, remove],
    /**
     * The rate, or `undefined` where it is removed. Throws `UsageError` unless exactly one is
     * given.
     */
    read(given: Given): CustomRate | undefined {
      const [rate, perCent, isRemoved] = [given(fixed), given(share), given(remove)];
      const said = [rate !== undefined, perCent !== undefined, isRemoved].filter(Boolean).length;
      if (said !== 1) throw new UsageError("give one of --fixed, --percent and --remove");
      if (rate !== undefined) return { kind: "fixed", rate };
      return perCent === undefined ? undefined : { kind: "percent", percent: perCent };
    },
  };
}
