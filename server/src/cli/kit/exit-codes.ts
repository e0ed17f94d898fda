/** Exit codes of the command line; 70 is EX_SOFTWARE of sysexits.h. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3, bug: 70 } as const;

/** How a command line failed: for the shell, for programs, and in words. */
export type Failure = { readonly exitCode: number; readonly code: string; readonly text: string };
