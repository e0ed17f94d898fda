import { expect, test } from "vitest";
import { fixedSettings, settingsText } from "./settings.ts";

const gibibyte = 1024 ** 3;
const settings = { hasLz4: false, memoryBytes: 16 * gibibyte, customFile: undefined };

test("the server takes 1 GiB of a big computer and an eighth of a small one", () => {
  expect(settingsText(settings)).toContain("shared_buffers = 1024MB");
  expect(settingsText({ ...settings, memoryBytes: gibibyte / 2 })).toContain(
    "shared_buffers = 64MB",
  );
});

test("the log is compressed by the best method that was built in", () => {
  expect(settingsText(settings)).toContain("wal_compression = pglz");
  expect(settingsText({ ...settings, hasLz4: true })).toContain("wal_compression = lz4");
});

test("a folder with commas and quotes in its name is still one socket folder", () => {
  const fixed = fixedSettings({ home: "/s", runFolder: '/a, "b"' });

  expect(fixed).toContain('unix_socket_directories="/a, ""b""/pg"');
});
