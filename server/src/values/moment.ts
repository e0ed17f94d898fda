const pattern =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$/i;

/**
 * Reads a moment in ISO 8601, such as 2027-01-31 or 2027-01-31T12:00:00+01:00, in the years 1 to
 * 9999, which PostgreSQL and every clock can hold. Without a zone it is UTC. `undefined` for
 * anything else, including days that no calendar has.
 */
export function parseMoment(text: string): Date | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, year = "", month, day, time = "00:00", seconds = "00", fraction = "", zone = "Z"] =
    found;
  const offset = /^z$/i.test(zone)
    ? "Z"
    : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
  const milliseconds = fraction === "" ? "" : fraction.slice(0, 4);
  const moment = new Date(`${year}-${month}-${day}T${time}:${seconds}${milliseconds}${offset}`);
  return year !== "0000" && isDayOfCalendar(`${year}-${month}-${day}`) && isBounded(moment)
    ? moment
    : undefined;
}

/** False for the 31st of February, which `Date` takes for a day in March. */
function isDayOfCalendar(day: string): boolean {
  const midnight = new Date(day);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** The zone may have moved it out of the allowed years; what is not a time at all is NaN. */
function isBounded(moment: Date): boolean {
  const year = moment.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** Reads whole seconds since 1970, up to the year 9999. */
export function parseEpochSeconds(text: string): Date | undefined {
  const moment = /^[0-9]{1,15}$/.test(text) ? new Date(Number(text) * 1000) : undefined;
  return moment !== undefined && isBounded(moment) ? moment : undefined;
}
