import { parseQuantity } from "#values/quantity.ts";
import { ok, refused } from "#values/result.ts";
import {
  usernameInput,
  readOptionalDate,
  readQuantity,
  readTrimmed,
  readUsername,
  type Reading,
} from "./fields.ts";
import type { OrderInput, ServiceType } from "./service-type.ts";

/** The minutes that may lie between a post and its order, as the newest API pages list them. */
const delaysMinutes: readonly number[] = [
  0, 5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600,
];

/**
 * An order for each new post of a user: for the next `posts` ones (if absent, or 0 without
 * `oldPosts`: all), for the last `oldPosts` ones, or for both. Each has a quantity from `min` to
 * `max`.
 */
export const subscriptions: ServiceType = {
  wireName: "Subscriptions",
  pricing: "later",
  inputs: [
    usernameInput("Whose new posts are ordered: a name, or the address of a profile or of a feed."),
    {
      name: "min",
      kind: "number",
      isRequired: true,
      missing: "quantity_required",
      meaning: "The least quantity for a post.",
      example: "100",
    },
    {
      name: "max",
      kind: "number",
      isRequired: true,
      missing: "quantity_required",
      meaning: "The greatest quantity for a post.",
      example: "200",
    },
    {
      name: "delay",
      kind: "number",
      isRequired: false,
      meaning: "Minutes between a post and its order; 0 where it is left out.",
      example: "10",
    },
    {
      name: "posts",
      kind: "number",
      isRequired: false,
      meaning: "How many new posts; without an end where it is left out.",
      example: "5",
    },
    {
      name: "oldPosts",
      kind: "number",
      isRequired: false,
      meaning: "How many of the latest posts that exist already.",
      example: "2",
    },
    {
      name: "expiry",
      kind: "date",
      isRequired: false,
      meaning: "The last day.",
      example: "31/12/2099",
    },
  ],
  read(input, service) {
    const username = readUsername(input);
    if (!username.ok) return username;
    const min = readQuantity(input, service, "min");
    if (!min.ok) return min;
    const max = readQuantity(input, service, "max");
    if (!max.ok) return max;
    if (min.value > max.value) return refused({ code: "min_above_max", field: "min" });
    const delay = readDelay(input);
    if (!delay.ok) return delay;
    const posts = readPosts(input);
    if (!posts.ok) return posts;
    const expiry = readOptionalDate(input, "expiry");
    if (!expiry.ok) return expiry;
    return ok({
      link: username.value,
      quantity: 0,
      fields: {
        username: username.value,
        min: min.value,
        max: max.value,
        delay: delay.value,
        ...posts.value,
        ...(expiry.value !== undefined && { expiry: expiry.value }),
      },
    });
  },
};

function readDelay(input: OrderInput): Reading<number> {
  const delay = parseQuantity(readTrimmed(input, "delay") ?? "0");
  return delay !== undefined && delaysMinutes.includes(delay)
    ? ok(delay)
    : refused({ code: "delay_invalid", field: "delay" });
}

type PostCounts = { readonly posts?: number; readonly oldPosts?: number };

function readPosts(input: OrderInput): Reading<PostCounts> {
  const posts = readPostCount(input, "posts");
  if (!posts.ok) return posts;
  const oldPosts = readPostCount(input, "oldPosts");
  if (!oldPosts.ok) return oldPosts;
  // As programs of the trade mean it: old posts alone mean only those, and neither means no end.
  const isOfOldAlone = (oldPosts.value ?? 0) > 0;
  return ok({
    ...(posts.value !== undefined && (posts.value > 0 || isOfOldAlone) && { posts: posts.value }),
    ...(oldPosts.value !== undefined && { oldPosts: oldPosts.value }),
  });
}

function readPostCount(input: OrderInput, field: string): Reading<number | undefined> {
  const text = readTrimmed(input, field);
  if (text === undefined) return ok(undefined);
  const count = parseQuantity(text);
  return count === undefined ? refused({ code: "posts_invalid", field }) : ok(count);
}
