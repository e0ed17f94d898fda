import { UsageError, optional } from "./option.ts";
import { filledText } from "./readers.ts";

const lengthMax = 200;
// The panel writes its own movements under keys that begin so.
const reserved = "order:";

/** The idempotency key of a movement, made by the operator. */
export const referenceOption = optional(
  "--reference <text>",
  "names the movement: said again under the same one, it is booked once",
  (typed) => {
    const reference = filledText(typed).trim();
    if (reference.length > lengthMax) throw new UsageError(`at most ${lengthMax} characters`);
    if (reference.startsWith(reserved)) {
      throw new UsageError(`names that begin with ${reserved} belong to the panel`);
    }
    return reference;
  },
);
