import { createTheme } from "@mantine/core";
import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e8f7f5",
  "#cfeeea",
  "#a5ded7",
  "#72d5c8",
  "#45b8aa",
  "#1f9b8d",
  "#0d8175",
  "#0b6159",
  "#094f49",
  "#063b36",
];

const dark: MantineColorsTuple = [
  "#e6ecea",
  "#c9d3d0",
  "#a9b6b2",
  "#8b9893",
  "#5b6a65",
  "#323f3b",
  "#1d2624",
  "#121817",
  "#0d1211",
  "#080c0b",
];

/** The panel's look. Every pair of text and ground in it has the contrast of WCAG AA. */
export const theme = createTheme({
  colors: { teal, dark },
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: "md",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif',
  respectReducedMotion: true,
});

/** The colours that the styles of the kit use, for both schemes; Mantine's own are too pale. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#17211f",
    "--mantine-color-dimmed": "#4d5956",
    "--mantine-color-anchor": "#0b6159",
    "--mantine-color-default-border": "#7d8a86",
    "--panel-ground": "#f5f8f7",
    "--panel-surface": "#ffffff",
    "--panel-line": "#d5dedb",
    "--panel-code": "#eef3f2",
    "--panel-accent": "#e3f3f1",
    "--panel-error": "#a1201c",
  },
  dark: {
    "--mantine-color-text": "#e6ecea",
    "--mantine-color-dimmed": "#a9b6b2",
    "--mantine-color-anchor": "#72d5c8",
    "--mantine-color-default-border": "#77857f",
    "--panel-ground": "#121817",
    "--panel-surface": "#1a2220",
    "--panel-line": "#323f3b",
    "--panel-code": "#0d1211",
    "--panel-accent": "#12332f",
    "--panel-error": "#ff9c96",
  },
});
