import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npm start` builds the app and serves it; `vite` alone serves it beside a panel on port 8080. */
export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", assetsInlineLimit: 0 },
  server: {
    proxy: {
      "/api/": "http://127.0.0.1:8080",
      "/openapi.json": "http://127.0.0.1:8080",
    },
  },
});
