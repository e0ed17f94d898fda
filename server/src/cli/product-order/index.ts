import type { CliCommand } from "#cli/kit/command.ts";
import { productClaimList } from "./product-claim-list.ts";
import { productClaimOpen } from "./product-claim-open.ts";
import { productClaimRefund } from "./product-claim-refund.ts";
import { productClaimReject } from "./product-claim-reject.ts";
import { productClaimReplace } from "./product-claim-replace.ts";
import { productDeliver } from "./product-deliver.ts";
import { productDesk } from "./product-desk.ts";
import { productOrder } from "./product-order.ts";
import { productOrders } from "./product-orders.ts";
import { productRefund } from "./product-refund.ts";
import { productSettle } from "./product-settle.ts";
import { productStart } from "./product-start.ts";

/** Commands about orders of products, in the order in which help shows them. */
export const productOrderCommands: readonly CliCommand[] = [
  productOrder,
  productOrders,
  productDesk,
  productStart,
  productDeliver,
  productRefund,
  productSettle,
  productClaimList,
  productClaimOpen,
  productClaimReplace,
  productClaimRefund,
  productClaimReject,
];
