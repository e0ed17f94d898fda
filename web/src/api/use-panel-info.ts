import { useCallback, useEffect, useState } from "react";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { fetchPanelInfo } from "./client.ts";

export type PanelInfoState =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly retry: () => void }
  | { readonly kind: "ready"; readonly info: PanelInfo };

/** What the panel says of itself, asked once for each page. */
export function usePanelInfo(): PanelInfoState {
  const [attempt, setAttempt] = useState(0);
  const [outcome, setOutcome] = useState<PanelInfo | "loading" | "failed">("loading");

  useEffect(() => {
    const asking = new AbortController();
    fetchPanelInfo(asking.signal).then(setOutcome, () => {
      if (!asking.signal.aborted) setOutcome("failed");
    });
    return () => asking.abort();
  }, [attempt]);

  const retry = useCallback(() => {
    setOutcome("loading");
    setAttempt((count) => count + 1);
  }, []);
  if (outcome === "loading") return { kind: "loading" };
  return outcome === "failed" ? { kind: "failed", retry } : { kind: "ready", info: outcome };
}
