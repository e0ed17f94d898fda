import type { KeyRing } from "#customers/key-ring.ts";
import type { StorageWatch } from "#database/storage.ts";
import type { Selling } from "#selling/open-selling.ts";
import type { Settings } from "#settings/settings.ts";
import type { Admission } from "#http/guard/admission.ts";
import type { CommandLimiters } from "./command-limiters.ts";
import type { ServicesLists } from "./services-list.ts";

/** Everything that the reseller API of one process works with. */
export type ResellerContext = Selling & {
  readonly storage: StorageWatch;
  readonly keys: KeyRing;
  readonly admission: Admission;
  readonly limiters: CommandLimiters;
  readonly lists: ServicesLists;
  readonly settings: () => Settings;
};
