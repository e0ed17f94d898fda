import { setPriority } from "node:os";
import { fetchFeed } from "./fetch-feed.ts";
import type { FeedAnswer, FeedRequest } from "./fetch-feed.ts";

// A program of its own that fetches and reads feeds, so that no feed, however expensive, takes time
// or memory from a process that answers customers. It has no database connection and no secrets.

/** What its parent asks for. */
export type FeedJob = { readonly id: number; readonly request: FeedRequest };
/**
 * What it reports: that it begins to read, during which it answers nothing else; then the answer.
 */
export type FeedWord =
  | { readonly id: number; readonly says: "parsing" }
  | { readonly id: number; readonly says: "answer"; readonly answer: FeedAnswer };

const niceness = 10;

function say(word: FeedWord): void {
  if (process.connected) process.send?.(word);
}

async function work({ id, request }: FeedJob): Promise<void> {
  const answer = await fetchFeed(request, () => say({ id, says: "parsing" }));
  say({ id, says: "answer", answer });
}

setPriority(niceness);
// Its parent decides when it ends. It never outlives its parent.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (job: FeedJob) => void work(job));
