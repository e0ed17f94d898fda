/** Waits; ends early, without an error, if the signal is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted === true) end();
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** Asked anew each time, because the compiler remembers what `signal.aborted` was before a wait. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
