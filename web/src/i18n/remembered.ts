type RememberedKey = "panel.language" | "panel.direction";

/** What this browser was told earlier; also `undefined` if it stores nothing. */
export function recall(key: RememberedKey): string | undefined {
  try {
    return window.localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a choice for the next visit, where the browser allows it. */
export function remember(key: RememberedKey, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // The choice still holds for this page.
  }
}
