import { hash, randomBytes } from "node:crypto";
import type { AccountId, ApiKeyId } from "#values/ids.ts";

/** `read` looks things up; `order` buys, refills and cancels as well. */
export type ApiKeyScope = "read" | "order";

export const apiKeyScopes: readonly ApiKeyScope[] = ["read", "order"];

/** A key as a process remembers it: everything but the key itself. */
export type ApiKey = {
  readonly id: ApiKeyId;
  readonly accountId: AccountId;
  /** Counts the key's changes; hot statements compare it. */
  readonly version: number;
  readonly scopes: readonly ApiKeyScope[];
  readonly dialect: string | undefined;
  /** Addresses and networks (CIDR) that may use it; empty allows all. */
  readonly ipAllow: readonly string[];
  /** Requests a second; 0 is no limit, `undefined` the panel's setting. */
  readonly rateLimit: number | undefined;
  readonly isCustomerActive: boolean;
  /** True: it buys with play money, in the sandbox. */
  readonly isTest: boolean;
  /** The customer's price version at the moment the key was read. */
  readonly priceVersion: number;
};

/** A new key: 32 hexadecimal characters, as every client program of API v2 expects. */
export function makeApiKey(): string {
  return randomBytes(16).toString("hex");
}

/** What is stored of a key, as hexadecimal text: SHA-256 suffices, because keys are random. */
export function hashApiKey(key: string): string {
  return hash("sha256", key, "hex");
}

/** What staff see of a key. */
export function apiKeyHint(key: string): string {
  return `…${key.slice(-4)}`;
}
