import type { ServiceId } from "#values/ids.ts";
import { required } from "#cli/kit/option.ts";
import { id } from "#cli/kit/readers.ts";

/** Which service a command is about. */
export const serviceId = required("--id <number>", "the service", id<ServiceId>, [
  "--service <number>",
]);
