import { listCommand } from "./schedule-output.ts";

export const dripfeedList = listCommand("drip_feed", "Lists the drip-feeds that this panel runs.");
