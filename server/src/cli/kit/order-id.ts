import type { OrderId } from "#values/ids.ts";
import { required } from "./option.ts";
import { id } from "./readers.ts";

/** Which order a command is about. */
export const orderId = required("--id <number>", "the order", id<OrderId>, ["--order <number>"]);
