import type { CliCommand } from "#cli/kit/command.ts";
import { dripfeedCancel } from "./dripfeed-cancel.ts";
import { dripfeedList } from "./dripfeed-list.ts";
import { dripfeedPause } from "./dripfeed-pause.ts";
import { dripfeedResume } from "./dripfeed-resume.ts";
import { dripfeedShow } from "./dripfeed-show.ts";
import { subscriptionCancel } from "./subscription-cancel.ts";
import { subscriptionList } from "./subscription-list.ts";
import { subscriptionPause } from "./subscription-pause.ts";
import { subscriptionPost } from "./subscription-post.ts";
import { subscriptionResume } from "./subscription-resume.ts";
import { subscriptionSet } from "./subscription-set.ts";
import { subscriptionShow } from "./subscription-show.ts";

/** Commands about drip-feeds and subscriptions, in the order in which help shows them. */
export const scheduleCommands: readonly CliCommand[] = [
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
];
