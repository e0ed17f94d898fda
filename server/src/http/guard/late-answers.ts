/**
 * Delays refusals. A client that sends a request as soon as the previous one is answered gets no
 * more refusals a second than it has connections, and costs next to nothing.
 */
export type LateAnswers = {
  /** Resolves after about a second; `undefined` where too many are already waiting. */
  wait(): Promise<void> | undefined;
};

const turnMs = 100;
const turns = 10;
const waitingMax = 4096;

export function openLateAnswers(): LateAnswers {
  // Those waiting, by tenths of a second; a timer runs only while somebody waits.
  const lines: (() => void)[][] = Array.from({ length: turns }, () => []);
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  const turn = () => {
    lines.push([]);
    const due = lines.shift() ?? [];
    waiting -= due.length;
    timer = waiting > 0 ? setTimeout(turn, turnMs) : undefined;
    for (const tell of due) tell();
  };

  return {
    wait: () => {
      if (waiting >= waitingMax) return undefined;
      waiting++;
      timer ??= setTimeout(turn, turnMs);
      return new Promise((resolve) => lines.at(-1)?.push(resolve));
    },
  };
}
