import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEpochSeconds, parseMoment } from "./moment.ts";

test("every moment of the years 1 to 9999 comes back as it was written", () => {
  const min = new Date("0001-01-01T00:00:00Z");
  const max = new Date("9999-12-31T23:59:59.999Z");
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
      expect(parseMoment(date.toISOString())).toEqual(date);
      const seconds = Math.floor(date.getTime() / 1000);
      if (seconds >= 0)
        expect(parseEpochSeconds(String(seconds))).toEqual(new Date(seconds * 1000));
    }),
  );
});

test.each([
  ["2027-01-31", "2027-01-31T00:00:00.000Z"],
  ["2027-01-31 12:30", "2027-01-31T12:30:00.000Z"],
  ["2027-01-31T12:30:15.123456", "2027-01-31T12:30:15.123Z"],
  ["2027-01-31T12:30:15.5+0200", "2027-01-31T10:30:15.500Z"],
  ["2027-01-31t12:30z", "2027-01-31T12:30:00.000Z"],
  ["2027-01-31T00:30:00+01", "2027-01-30T23:30:00.000Z"],
  ["2028-02-29T00:00-05:30", "2028-02-29T05:30:00.000Z"],
])("%s is %s", (text, moment) => {
  expect(parseMoment(text)?.toISOString()).toBe(moment);
});

test.each([
  "-100000-01-01",
  "+275760-09-13",
  "275761-01-01",
  "0000-01-01",
  "2027-02-31",
  "2027-13-01",
  "2027-00-10",
  "2027-01-31T25:00",
  "2027-01-31T12:60",
  "2027-01-31T12:00+99:00",
  "9999-12-31T23:59:59-12:00",
  "0001-01-01T00:00:00+12:00",
  "2027-1-1",
  "20270131",
  "31.01.2027",
  "31/01/2027",
  "Sun Nov 29 2026",
  "tomorrow",
  "٢٠٢٧-٠١-٣١",
  "2027-01-31\n",
  "",
])("%j is no moment", (text) => {
  expect(parseMoment(text)).toBeUndefined();
});

test.each([
  "-1",
  "1e3",
  "0x10",
  "+5",
  " 5",
  "5.0",
  "1,000",
  "9".repeat(15),
  "253402300800",
  "٣",
  "",
])("%j is no count of seconds", (text) => {
  expect(parseEpochSeconds(text)).toBeUndefined();
});
