const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * An RFC 3339 time as microseconds since 1970, or undefined if it is none. A Date would do, but
 * for its milliseconds: PostgreSQL stores microseconds, and a bound must not fall between them.
 * Finer fractions are rounded up, so that "from" and "before" are as exact as what is stored.
 */
export function microseconds(text) {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const [fraction = '', sign = '+', offsetHours = '0', offsetMinutes = '0'] = match.slice(7);
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;

  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);

  const offset = Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes));
  const finer = /[1-9]/.test(fraction.slice(6)) ? 1 : 0;
  return (
    (date.getTime() - offset * 60_000) * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6)) + finer
  );
}
