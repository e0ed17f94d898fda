import type { CliCommand } from "#cli/kit/command.ts";
import { cancelList } from "./cancel-list.ts";
import { cancelSet } from "./cancel-set.ts";
import { orderDesk } from "./order-desk.ts";
import { orderHeld } from "./order-held.ts";
import { orderList } from "./order-list.ts";
import { orderMass } from "./order-mass.ts";
import { orderRefuse } from "./order-refuse.ts";
import { orderRelease } from "./order-release.ts";
import { orderResend } from "./order-resend.ts";
import { orderSet } from "./order-set.ts";
import { orderSettle } from "./order-settle.ts";
import { orderShow } from "./order-show.ts";
import { orderStuck } from "./order-stuck.ts";
import { orderTimeline } from "./order-timeline.ts";
import { refillList } from "./refill-list.ts";
import { refillOrder } from "./refill-order.ts";
import { refillSet } from "./refill-set.ts";

/** Commands about orders, in the order in which help shows them. */
export const orderCommands: readonly CliCommand[] = [
  orderList,
  orderShow,
  orderTimeline,
  orderStuck,
  orderSet,
  orderDesk,
  orderSettle,
  orderResend,
  orderMass,
  orderHeld,
  orderRelease,
  orderRefuse,
  refillList,
  refillSet,
  refillOrder,
  cancelList,
  cancelSet,
];
