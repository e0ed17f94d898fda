/** What this process holds at once, for each subject and in all. */
export type Holdings<Subject> = {
  /** Admits a request and its bytes, unless that would be too much. */
  enter(subject: Subject, bytes: number, limits: HoldingLimits): boolean;
  /** Adds bytes to an admitted request, whether or not there is room for them. */
  grow(subject: Subject, bytes: number): void;
  leave(subject: Subject, bytes: number): void;
};

export type HoldingLimits = {
  readonly requestsMax: number;
  /** Of all subjects together. */
  readonly totalMax: number;
  /** A subject that holds nothing may bring more. */
  readonly bytesMax?: number;
};

export function openHoldings<Subject>(): Holdings<Subject> {
  const held = new Map<Subject, { requests: number; bytes: number }>();
  let total = 0;
  const change = (subject: Subject, requests: number, bytes: number) => {
    const own = held.get(subject);
    if (own === undefined) return;
    own.requests += requests;
    own.bytes += bytes;
    if (own.requests <= 0 && own.bytes <= 0) held.delete(subject);
  };
  return {
    enter: (subject, bytes, { requestsMax, totalMax, bytesMax = Infinity }) => {
      if (total >= totalMax) return false;
      const own = held.get(subject);
      if (own === undefined) held.set(subject, { requests: 1, bytes });
      else {
        if (own.requests >= requestsMax) return false;
        if (own.bytes > 0 && own.bytes + bytes > bytesMax) return false;
        own.requests++;
        own.bytes += bytes;
      }
      total++;
      return true;
    },
    grow: (subject, bytes) => change(subject, 0, bytes),
    leave: (subject, bytes) => {
      total--;
      change(subject, -1, -bytes);
    },
  };
}
