/** Where orders come from. */
export const orderOrigins = ["api", "web", "mass", "drip_feed", "subscription", "refill"] as const;

/** Where an order came from. */
export type OrderOrigin = (typeof orderOrigins)[number];
