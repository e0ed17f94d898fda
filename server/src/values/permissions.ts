/**
 * What staff may be allowed, each with what it lets them do. The word before the dot names the
 * thing, the one after it the act; `read` lists and shows. Use cases ask for one of these through
 * `authorize`.
 */
export const permissions = [
  { name: "orders.read", allows: "See orders, their history and what waits for a decision." },
  {
    name: "orders.provider",
    allows: "See which provider orders and services go to, and numbers there.",
  },
  { name: "orders.cost", allows: "See what orders and services cost at providers." },
  { name: "orders.place", allows: "Place orders in a customer's name." },
  { name: "orders.set", allows: "Set an order's status, start count and remains." },
  { name: "orders.refund", allows: "End an order, so that what was not delivered is refunded." },
  {
    name: "orders.settle",
    allows: "Decide what became of an order that a provider may have taken.",
  },
  { name: "orders.resend", allows: "Send an order again, or to another provider." },
  { name: "orders.schedule", allows: "Pause, resume, stop and mend drip-feeds and subscriptions." },
  { name: "orders.hold", allows: "Release or refuse orders that are held for a look." },
  { name: "refills.settle", allows: "Decide requests for refills, and order refills." },
  { name: "cancels.settle", allows: "Ask for cancels, and decide them." },
  { name: "holds.read", allows: "See the rules by which orders are held." },
  { name: "holds.write", allows: "Add and remove the rules by which orders are held." },
  { name: "services.read", allows: "See all services, those that are not sold among them." },
  { name: "services.write", allows: "Create, change, enable and disable services." },
  { name: "services.price", allows: "Set prices and mark-ups of services." },
  { name: "services.sync", allows: "Import services and take over changes of providers' lists." },
  { name: "sources.write", allows: "Set where a service is bought, and in which order." },
  { name: "providers.read", allows: "See providers, their balances, calls and figures." },
  { name: "providers.write", allows: "Add and change providers, and test them." },
  {
    name: "providers.keys",
    allows: "Set the keys of providers, and the addresses that they are sent to.",
  },
  { name: "providers.hold", allows: "Stop and start sending to a provider." },
  { name: "customers.read", allows: "See customers, their balances and their statements." },
  { name: "customers.email", allows: "See customers' e-mail addresses." },
  { name: "customers.address", allows: "See the network addresses that customers come from." },
  { name: "customers.write", allows: "Create and change customers, and suspend them." },
  { name: "customers.price", allows: "Give a customer prices and a discount of their own." },
  { name: "customers.keys", allows: "Create, change and revoke customers' API keys." },
  {
    name: "customers.credit",
    allows: "Book deposits and bonuses for customers, and let balances go below zero.",
  },
  { name: "customers.debit", allows: "Correct balances, downward as well." },
  { name: "products.read", allows: "See products and how much stock they have." },
  { name: "products.write", allows: "Create and change products and their categories." },
  { name: "products.price", allows: "Set prices and discounts of products." },
  { name: "stock.write", allows: "Upload stock, and take lines out of sale." },
  { name: "stock.reveal", allows: "See sealed lines, in stock and as delivered." },
  { name: "product_orders.read", allows: "See product orders and claims." },
  { name: "product_orders.deliver", allows: "Deliver product orders by hand." },
  {
    name: "product_orders.refund",
    allows: "End product orders and claims, so that they are refunded.",
  },
  {
    name: "product_orders.settle",
    allows: "Decide what became of a product order that a provider may have taken.",
  },
  {
    name: "claims.settle",
    allows: "Open claims for customers, replace what they claim, and reject.",
  },
  { name: "webhooks.read", allows: "See webhooks and what was sent to them." },
  { name: "webhooks.write", allows: "Add, change and remove customers' webhooks." },
  { name: "settings.read", allows: "See the panel's settings." },
  { name: "settings.write", allows: "Change the panel's settings." },
  { name: "reports.read", allows: "See figures of services and providers." },
  { name: "reports.profit", allows: "See profit, and what sales have cost." },
  { name: "audit.read", allows: "See who changed what." },
  { name: "panel.mend", allows: "Examine the panel, and mend what a wrong clock put off." },
  { name: "secrets.rotate", allows: "Change the key that seals what is secret." },
  { name: "backup.make", allows: "Write everything that the panel knows into a file." },
  { name: "backup.restore", allows: "Fill an empty panel from a backup." },
  { name: "demo.write", allows: "Fill the panel with a sample shop, and take it away." },
] as const satisfies readonly { readonly name: string; readonly allows: string }[];

/** What a staff member, or an operator key, may be allowed. */
export type Permission = (typeof permissions)[number]["name"];

/** Every permission there is: the owner has them, and so does the user of the machine's shell. */
export const allPermissions: ReadonlySet<Permission> = new Set(permissions.map(({ name }) => name));

const sentences = new Map<Permission, string>(
  permissions.map(({ name, allows }) => [name, allows]),
);

/** What the permission lets people do, in a sentence. */
export function permissionText(permission: Permission): string {
  return sentences.get(permission) ?? permission;
}

const readOnly: readonly Permission[] = [
  "orders.read",
  "holds.read",
  "services.read",
  "providers.read",
  "customers.read",
  "products.read",
  "product_orders.read",
  "webhooks.read",
  "settings.read",
  "reports.read",
];

const support: readonly Permission[] = [
  ...readOnly,
  "orders.provider",
  "orders.set",
  "orders.schedule",
  "orders.resend",
  "refills.settle",
  "cancels.settle",
  "claims.settle",
  "product_orders.deliver",
  "customers.email",
];

const catalogue: readonly Permission[] = [
  ...readOnly,
  "orders.cost",
  "orders.provider",
  "services.write",
  "services.price",
  "services.sync",
  "sources.write",
  "providers.write",
  "providers.hold",
  "products.write",
  "products.price",
  "stock.write",
];

const finance: readonly Permission[] = [
  ...readOnly,
  "orders.cost",
  "orders.refund",
  "product_orders.refund",
  "customers.email",
  "customers.credit",
  "customers.debit",
  "reports.profit",
  "audit.read",
];

/** What only the owner has, unless a role names it explicitly. */
const ownersAlone: readonly Permission[] = [
  "providers.keys",
  "settings.write",
  "secrets.rotate",
  "backup.make",
  "backup.restore",
  "demo.write",
];

/** Roles to begin with, by name. Operators copy and change them; these stay as they are. */
export const rolePresets = {
  owner: allPermissions,
  manager: new Set([...allPermissions].filter((name) => !ownersAlone.includes(name))),
  support: new Set(support),
  catalogue: new Set(catalogue),
  finance: new Set(finance),
  "read-only": new Set(readOnly),
} satisfies Readonly<Record<string, ReadonlySet<Permission>>>;
