/** Where an order came from. */
export type OrderOrigin = "api" | "web" | "mass" | "drip_feed" | "subscription" | "refill";
