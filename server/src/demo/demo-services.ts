/** A service of the sandbox shop. Money as a person writes it. */
export type DemoService = {
  readonly category: string;
  readonly name: string;
  /** The wire name of a service type. */
  readonly type: string;
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill?: boolean;
  readonly cancel?: boolean;
  readonly dripfeed?: boolean;
};

const mentions = "Mentions";
const more = "More kinds of orders";

/**
 * What the sandbox shop sells: first the two services that API v2 documents show as their example,
 * then one of every other type, so that a client can try each.
 */
export const demoServices: readonly DemoService[] = [
  {
    category: "First Category",
    name: "Followers",
    type: "Default",
    rate: "0.90",
    min: 50,
    max: 10_000,
    refill: true,
    cancel: true,
  },
  {
    category: "Second Category",
    name: "Comments",
    type: "Custom Comments",
    rate: "8",
    min: 10,
    max: 1500,
    cancel: true,
  },
  {
    category: "First Category",
    name: "Likes, drip-feed",
    type: "Default",
    rate: "0.40",
    min: 10,
    max: 50_000,
    refill: true,
    cancel: true,
    dripfeed: true,
  },
  { category: more, name: "Starter package", type: "Package", rate: "4.90", min: 1, max: 1 },
  {
    category: "Second Category",
    name: "Comments, package of ten",
    type: "Custom Comments Package",
    rate: "2.50",
    min: 1,
    max: 1,
  },
  {
    category: "Second Category",
    name: "Likes for a comment",
    type: "Comment Likes",
    rate: "1.20",
    min: 20,
    max: 5000,
  },
  {
    category: "Second Category",
    name: "Replies to a comment",
    type: "Comment Replies",
    rate: "9",
    min: 5,
    max: 500,
  },
  { category: mentions, name: "Mentions", type: "Mentions", rate: "3", min: 10, max: 10_000 },
  {
    category: mentions,
    name: "Mentions with hashtags",
    type: "Mentions with Hashtags",
    rate: "3.20",
    min: 10,
    max: 10_000,
  },
  {
    category: mentions,
    name: "Mentions of your own list",
    type: "Mentions Custom List",
    rate: "4",
    min: 10,
    max: 5000,
  },
  {
    category: mentions,
    name: "Mentions of a hashtag's users",
    type: "Mentions Hashtag",
    rate: "3.50",
    min: 10,
    max: 10_000,
  },
  {
    category: mentions,
    name: "Mentions of an account's followers",
    type: "Mentions User Followers",
    rate: "3.50",
    min: 10,
    max: 10_000,
  },
  {
    category: mentions,
    name: "Mentions of a post's likers",
    type: "Mentions Media Likers",
    rate: "3.50",
    min: 10,
    max: 10_000,
  },
  { category: more, name: "Votes in a poll", type: "Poll", rate: "1.50", min: 50, max: 20_000 },
  {
    category: more,
    name: "Likes for new posts",
    type: "Subscriptions",
    rate: "1",
    min: 20,
    max: 5000,
  },
  {
    category: more,
    name: "Members invited from groups",
    type: "Invites from Groups",
    rate: "6",
    min: 50,
    max: 5000,
  },
  { category: more, name: "Search engine ranking", type: "SEO", rate: "12", min: 100, max: 10_000 },
  {
    category: more,
    name: "Visitors for a website",
    type: "Web Traffic",
    rate: "0.70",
    min: 500,
    max: 100_000,
  },
  {
    category: more,
    name: "Orders with a list",
    type: "Special (1DG)",
    rate: "2",
    min: 10,
    max: 10_000,
  },
  {
    category: more,
    name: "Orders with suggestions and searches",
    type: "Special 1 (1DG)",
    rate: "2",
    min: 10,
    max: 10_000,
  },
];
