import type { Brand } from "./brand.ts";

// Ids are plain integers below 2^53: clients of API v2 keep them as JSON numbers.
export type AccountId = Brand<number, "AccountId">;
export type ServiceId = Brand<number, "ServiceId">;
export type CategoryId = Brand<number, "CategoryId">;
export type ProviderId = Brand<number, "ProviderId">;
export type OrderId = Brand<number, "OrderId">;
export type RefillId = Brand<number, "RefillId">;
export type CancelId = Brand<number, "CancelId">;
export type ApiKeyId = Brand<number, "ApiKeyId">;
export type HoldRuleId = Brand<number, "HoldRuleId">;
export type WebhookId = Brand<number, "WebhookId">;
export type ProductId = Brand<number, "ProductId">;
export type ProductCategoryId = Brand<number, "ProductCategoryId">;
export type ProductUploadId = Brand<number, "ProductUploadId">;
/** Product orders are numbered by themselves, apart from orders. */
export type ProductOrderId = Brand<number, "ProductOrderId">;
export type ProductItemId = Brand<number, "ProductItemId">;
export type ProductClaimId = Brand<number, "ProductClaimId">;
export type StaffId = Brand<number, "StaffId">;
export type OperatorKeyId = Brand<number, "OperatorKeyId">;

/**
 * Reads an id as it stands on the wire: ASCII digits only, from 1 to 2^53-1. Anything else is
 * `undefined`, which callers treat as "no such thing".
 */
export function parseId<Id extends number>(text: string): Id | undefined {
  if (text.length === 0 || text.length > 16 || !/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && Number.isSafeInteger(id) ? (id as Id) : undefined;
}

/** An id as the database wrote it; anything else is a bug. */
export function idFromDatabase<Id extends number>(text: string | undefined): Id {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) throw new RangeError(`${text} is no id`);
  return id as Id;
}

/** An id as it was stored in JSON; `undefined` where there is none. */
export function readStoredId<Id extends number>(stored: unknown): Id | undefined {
  return Number.isSafeInteger(stored) ? (stored as Id) : undefined;
}
