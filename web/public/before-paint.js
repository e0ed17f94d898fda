// What this browser remembers, set before anything is drawn: no flash of the other colours, no
// page that turns around.
(() => {
  const root = document.documentElement;
  let remembered = {};
  try {
    remembered = window.localStorage;
  } catch {
    // A browser that keeps nothing gets the defaults.
  }
  const scheme = remembered["panel.scheme"];
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = scheme === "dark" || (scheme !== "light" && prefersDark);
  root.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
  if (remembered["panel.language"]) root.lang = remembered["panel.language"];
  if (remembered["panel.direction"] === "rtl") root.dir = "rtl";
})();
