import { DirectionProvider, MantineProvider, localStorageColorSchemeManager } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { currentLanguage, startLanguage } from "#i18n/language.ts";
import { languages } from "#i18n/languages.ts";
import "#kit/styles.ts";
import { cssVariablesResolver, theme } from "#kit/theme.ts";
import { App } from "./app.tsx";

const colorSchemeManager = localStorageColorSchemeManager({ key: "panel.scheme" });

const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no root");
try {
  await startLanguage();
} catch (error) {
  // Without its texts a page would show keys: the sentence in the document must be enough.
  document.querySelector("#unavailable")?.removeAttribute("hidden");
  throw error;
}
createRoot(root).render(
  <StrictMode>
    <DirectionProvider initialDirection={languages[currentLanguage()].direction}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={colorSchemeManager}
        defaultColorScheme="auto"
      >
        <App pathname={window.location.pathname} origin={window.location.origin} />
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>,
);
