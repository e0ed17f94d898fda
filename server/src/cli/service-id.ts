import type { ServiceId } from "#values/ids.ts";
import { required } from "./option.ts";
import { id } from "./readers.ts";

/** Which service a command is about. */
export const serviceId = required("--id <number>", "the service", id<ServiceId>, [
  "--service <number>",
]);
