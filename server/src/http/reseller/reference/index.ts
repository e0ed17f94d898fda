import type { ActionReference } from "./action-reference.ts";
import { addProductOrder } from "./add-product-order.ts";
import { add } from "./add.ts";
import { balance } from "./balance.ts";
import { cancelStatus } from "./cancel-status.ts";
import { cancel } from "./cancel.ts";
import { changes } from "./changes.ts";
import { claimProductOrder } from "./claim-product-order.ts";
import { newPost } from "./new-post.ts";
import { orders } from "./orders.ts";
import { productClaimStatus } from "./product-claim-status.ts";
import { productOrderStatus } from "./product-order-status.ts";
import { products } from "./products.ts";
import { refillStatus } from "./refill-status.ts";
import { refill } from "./refill.ts";
import { resultProduct } from "./result-product.ts";
import { services } from "./services.ts";
import { status } from "./status.ts";

/** Every action of API v2, in the order of the documents that resellers know, additions last. */
export const actionReferences: readonly ActionReference[] = [
  services,
  add,
  status,
  refill,
  refillStatus,
  cancel,
  balance,
  products,
  addProductOrder,
  productOrderStatus,
  resultProduct,
  orders,
  newPost,
  cancelStatus,
  changes,
  claimProductOrder,
  productClaimStatus,
];
