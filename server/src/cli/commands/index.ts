import type { CliCommand } from "#cli/command.ts";
import { auditList } from "./audit-list.ts";
import { backup } from "./backup.ts";
import { cancelList } from "./cancel-list.ts";
import { cancelSet } from "./cancel-set.ts";
import { customerCreate } from "./customer-create.ts";
import { customerDeposit } from "./customer-deposit.ts";
import { customerList } from "./customer-list.ts";
import { customerSet } from "./customer-set.ts";
import { customerStatement } from "./customer-statement.ts";
import { demoCreate } from "./demo-create.ts";
import { demoRemove } from "./demo-remove.ts";
import { doctor } from "./doctor.ts";
import { dripfeedCancel } from "./dripfeed-cancel.ts";
import { dripfeedList } from "./dripfeed-list.ts";
import { dripfeedPause } from "./dripfeed-pause.ts";
import { dripfeedResume } from "./dripfeed-resume.ts";
import { dripfeedShow } from "./dripfeed-show.ts";
import { eventList } from "./event-list.ts";
import { holdAllow } from "./hold-allow.ts";
import { holdDeny } from "./hold-deny.ts";
import { holdFirstDeposit } from "./hold-first-deposit.ts";
import { holdList } from "./hold-list.ts";
import { holdRemove } from "./hold-remove.ts";
import { holdSameLink } from "./hold-same-link.ts";
import { holdVelocity } from "./hold-velocity.ts";
import { keyCreate } from "./key-create.ts";
import { keyList } from "./key-list.ts";
import { keyRevoke } from "./key-revoke.ts";
import { keySet } from "./key-set.ts";
import { ledgerAdjust } from "./ledger-adjust.ts";
import { ledgerBonus } from "./ledger-bonus.ts";
import { ledgerProfit } from "./ledger-profit.ts";
import { ledgerVerify } from "./ledger-verify.ts";
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
import { productCategory } from "./product-category.ts";
import { productClaimList } from "./product-claim-list.ts";
import { productClaimOpen } from "./product-claim-open.ts";
import { productClaimRefund } from "./product-claim-refund.ts";
import { productClaimReject } from "./product-claim-reject.ts";
import { productClaimReplace } from "./product-claim-replace.ts";
import { productCreate } from "./product-create.ts";
import { productDeliver } from "./product-deliver.ts";
import { productDesk } from "./product-desk.ts";
import { productDiscount } from "./product-discount.ts";
import { productItems } from "./product-items.ts";
import { productList } from "./product-list.ts";
import { productOrder } from "./product-order.ts";
import { productOrders } from "./product-orders.ts";
import { productRate } from "./product-rate.ts";
import { productRates } from "./product-rates.ts";
import { productRefund } from "./product-refund.ts";
import { productSet } from "./product-set.ts";
import { productShow } from "./product-show.ts";
import { productSettle } from "./product-settle.ts";
import { productStart } from "./product-start.ts";
import { productStock } from "./product-stock.ts";
import { providerAdd } from "./provider-add.ts";
import { providerBalance } from "./provider-balance.ts";
import { providerHold } from "./provider-hold.ts";
import { providerImport } from "./provider-import.ts";
import { providerImportProducts } from "./provider-import-products.ts";
import { providerList } from "./provider-list.ts";
import { providerLog } from "./provider-log.ts";
import { providerMarkup } from "./provider-markup.ts";
import { providerRelease } from "./provider-release.ts";
import { providerSchedule } from "./provider-schedule.ts";
import { providerScore } from "./provider-score.ts";
import { providerSet } from "./provider-set.ts";
import { providerSync } from "./provider-sync.ts";
import { providerSyncLog } from "./provider-sync-log.ts";
import { providerTerms } from "./provider-terms.ts";
import { providerTest } from "./provider-test.ts";
import { providerUndo } from "./provider-undo.ts";
import { rateList } from "./rate-list.ts";
import { rateSet } from "./rate-set.ts";
import { refillList } from "./refill-list.ts";
import { refillOrder } from "./refill-order.ts";
import { refillSet } from "./refill-set.ts";
import { restore } from "./restore.ts";
import { secretRotate } from "./secret-rotate.ts";
import { secretShow } from "./secret-show.ts";
import { serviceBelowCost } from "./service-below-cost.ts";
import { serviceCreate } from "./service-create.ts";
import { serviceDisable } from "./service-disable.ts";
import { serviceEnable } from "./service-enable.ts";
import { serviceImport } from "./service-import.ts";
import { serviceList } from "./service-list.ts";
import { serviceMeasure } from "./service-measure.ts";
import { serviceSet } from "./service-set.ts";
import { settingsGet } from "./settings-get.ts";
import { settingsSet } from "./settings-set.ts";
import { sourceAdd } from "./source-add.ts";
import { sourceList } from "./source-list.ts";
import { sourceRemove } from "./source-remove.ts";
import { sourceSet } from "./source-set.ts";
import { start } from "./start.ts";
import { subscriptionCancel } from "./subscription-cancel.ts";
import { subscriptionList } from "./subscription-list.ts";
import { subscriptionPause } from "./subscription-pause.ts";
import { subscriptionResume } from "./subscription-resume.ts";
import { subscriptionPost } from "./subscription-post.ts";
import { subscriptionSet } from "./subscription-set.ts";
import { subscriptionShow } from "./subscription-show.ts";
import { webhookAdd } from "./webhook-add.ts";
import { webhookList } from "./webhook-list.ts";
import { webhookLog } from "./webhook-log.ts";
import { webhookRemove } from "./webhook-remove.ts";
import { webhookReplay } from "./webhook-replay.ts";
import { webhookRotate } from "./webhook-rotate.ts";
import { webhookSet } from "./webhook-set.ts";
import { webhookTest } from "./webhook-test.ts";

/** Every command, in the order in which the help lists them. One file and one line for each. */
export const commands: readonly CliCommand[] = [
  start,
  customerCreate,
  customerList,
  customerSet,
  customerDeposit,
  customerStatement,
  keyCreate,
  keyList,
  keySet,
  keyRevoke,
  serviceCreate,
  serviceList,
  serviceMeasure,
  serviceSet,
  serviceEnable,
  serviceDisable,
  serviceImport,
  serviceBelowCost,
  sourceAdd,
  sourceList,
  sourceSet,
  sourceRemove,
  rateSet,
  rateList,
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
  holdDeny,
  holdAllow,
  holdSameLink,
  holdFirstDeposit,
  holdVelocity,
  holdList,
  holdRemove,
  dripfeedList,
  dripfeedShow,
  dripfeedPause,
  dripfeedResume,
  dripfeedCancel,
  subscriptionList,
  subscriptionShow,
  subscriptionPost,
  subscriptionSet,
  subscriptionPause,
  subscriptionResume,
  subscriptionCancel,
  productCreate,
  productList,
  productShow,
  productSet,
  productCategory,
  productDiscount,
  productRate,
  productRates,
  productStock,
  productItems,
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
  refillList,
  refillSet,
  refillOrder,
  cancelList,
  cancelSet,
  webhookAdd,
  webhookList,
  webhookSet,
  webhookRemove,
  webhookRotate,
  webhookTest,
  webhookLog,
  webhookReplay,
  eventList,
  ledgerVerify,
  ledgerProfit,
  ledgerAdjust,
  ledgerBonus,
  settingsGet,
  settingsSet,
  providerAdd,
  providerSet,
  providerList,
  providerTest,
  providerBalance,
  providerLog,
  providerScore,
  providerHold,
  providerRelease,
  providerImport,
  providerImportProducts,
  providerSync,
  providerUndo,
  providerSyncLog,
  providerSchedule,
  providerMarkup,
  providerTerms,
  auditList,
  backup,
  restore,
  secretShow,
  secretRotate,
  doctor,
  demoCreate,
  demoRemove,
];
