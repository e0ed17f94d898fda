import type { ProductType } from "#products/product.ts";

/** A product of the sandbox shop. Money as a person writes it. */
export type DemoProduct = {
  readonly category: string;
  readonly name: string;
  readonly type: ProductType;
  readonly rate: string;
  readonly max: number;
  readonly question?: string;
  readonly warrantyDays?: number;
  /** How many lines its stock holds. */
  readonly lines: number;
};

/** The three products that the documents of API v2 with products show as their example. */
export const demoProducts: readonly DemoProduct[] = [
  {
    category: "Netflix",
    name: "Netflix premium 1 month",
    type: "auto",
    rate: "2.5",
    max: 10,
    question: "Input your account",
    warrantyDays: 30,
    lines: 40,
  },
  {
    category: "Youtube",
    name: "Youtube premium 1 month",
    type: "auto",
    rate: "5",
    max: 1,
    question: "Input your account",
    lines: 0,
  },
  {
    category: "Facebook",
    name: "Facebook account 5000 friends",
    type: "service",
    rate: "0.5",
    max: 2,
    lines: 0,
  },
];

/** The lines of a product's stock: made-up texts that open nothing. */
export function demoLines(product: DemoProduct): readonly string[] {
  const name = product.category.toLowerCase();
  return Array.from({ length: product.lines }, (_, index) => {
    const number = String(index + 1).padStart(2, "0");
    return `${name}-${number}@example.com:sandbox-password-${number}`;
  });
}
