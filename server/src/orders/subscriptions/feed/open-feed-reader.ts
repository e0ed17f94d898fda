import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FeedJob, FeedWord } from "./feed-process.ts";
import type { FeedAnswer, FeedRequest } from "./fetch-feed.ts";

/** Fetches feeds in a process of its own. */
export type FeedReader = {
  /** The result of a request. `undefined`: it was given up, and says nothing about the feed. */
  read(request: FeedRequest): Promise<FeedAnswer | undefined>;
  /** Ends the process at once; requests under way are given up. */
  close(): void;
};

const program = fileURLToPath(new URL("./feed-process.ts", import.meta.url));
const heapMegabytes = 192;
/** Many times what the bounds of a reading allow. Beyond it the process is stuck. */
const parsingMsMax = 20_000;
/** More than a request may take. Other feeds may be read in the meantime. */
const waitingMsMax = 60_000;

type Job = {
  readonly resolve: (answer: FeedAnswer | undefined) => void;
  timer: NodeJS.Timeout;
  isParsing: boolean;
};

/**
 * Opens a reader. Its process starts with the first request, and again after it was ended because a
 * feed took too much time or memory: that feed is reported, and the others under way are given up.
 * `onLost` is called where the process ended by itself.
 */
export function openFeedReader(onLost: (how: string) => void): FeedReader {
  const jobs = new Map<number, Job>();
  let child: ChildProcess | undefined;
  let lastId = 0;
  let isClosed = false;

  const settle = (id: number, answer: FeedAnswer | undefined) => {
    const job = jobs.get(id);
    if (job === undefined) return;
    jobs.delete(id);
    clearTimeout(job.timer);
    job.resolve(answer);
  };
  /**
   * The process is gone. The feed that it was reading is too expensive; of the others nothing is
   * known.
   */
  const giveUp = () => {
    child?.removeAllListeners();
    // Anything it still reports is about jobs that are given up.
    child?.on("error", () => {});
    child?.kill("SIGKILL");
    child = undefined;
    for (const [id, { isParsing }] of jobs) settle(id, isParsing ? tooDear : undefined);
  };
  const hear = ({ id, ...word }: FeedWord) => {
    if (word.says === "answer") return settle(id, word.answer);
    const job = jobs.get(id);
    if (job === undefined) return;
    clearTimeout(job.timer);
    job.isParsing = true;
    job.timer = setTimeout(giveUp, parsingMsMax);
  };
  const start = (): ChildProcess => {
    const started = fork(program, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith("PANEL_")),
      ),
    });
    started.on("message", hear);
    started.on("error", giveUp);
    started.on("exit", (code, signal) => {
      onLost(signal ?? `exit code ${code}`);
      giveUp();
    });
    return started;
  };

  return {
    read: (request) =>
      new Promise((resolve) => {
        if (isClosed) return resolve(undefined);
        child ??= start();
        const id = ++lastId;
        jobs.set(id, {
          resolve,
          isParsing: false,
          timer: setTimeout(() => settle(id, undefined), waitingMsMax),
        });
        const job: FeedJob = { id, request };
        child.send(job, (error) => {
          if (error !== null) giveUp();
        });
      }),
    close: () => {
      isClosed = true;
      giveUp();
    },
  };
}

const tooDear: FeedAnswer = {
  kind: "failed",
  reason: "reading it takes too much time or memory",
  isNoFeed: false,
};
