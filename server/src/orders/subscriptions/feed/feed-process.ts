import { setPriority } from "node:os";
import { fetchFeed } from "./fetch-feed.ts";
import type { FeedAnswer, FeedRequest } from "./fetch-feed.ts";

// A program of its own: it asks for feeds and reads them, so that no feed, however dear, takes time or
// memory of a process that answers customers. It has no connection to the database and no secrets.

/** What its parent asks. */
export type FeedJob = { readonly id: number; readonly request: FeedRequest };
/** What it says: that it begins to read, during which it answers nothing else; then the answer. */
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
// Its parent decides when it ends; it never outlives it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (job: FeedJob) => void work(job));
