import type { CallNote, ProviderCall } from "#providers/connector.ts";

/** A call to a provider that waits for no slot. Its records are kept in `notes`. */
export function testCall(
  baseUrl: string,
  key: string,
  more: Partial<ProviderCall> & { readonly notes?: CallNote[] } = {},
): ProviderCall {
  const { notes, ...rest } = more;
  return {
    settings: {},
    baseUrl,
    key,
    timeoutMs: 10_000,
    isPrivate: true,
    now: Date.now(),
    awaitSlot: async () => {},
    record: (note) => notes?.push(note),
    ...rest,
  };
}
