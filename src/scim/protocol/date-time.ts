/** RFC 7643 §2.3.5: xsd:dateTime, read strictly. */

// Every part but the fraction has a fixed width, so this cannot backtrack.
const LEXICAL_FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))?$/;

/**
 * The instant as UTC `YYYY-MM-DDTHH:mm:ss.sssZ`, whose order as text is the order in time; undefined where the text is
 * no dateTime. Fractions beyond milliseconds are cut off; without an offset the time is UTC. Years 0001 to 9999.
 */
export const toInstant = (text: string): string | undefined => {
  const parts = LEXICAL_FORM.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const fraction = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = toOffsetMinutes(parts[8], parts[9], parts[10]);
  if (offset === undefined || !isCalendarDay(year, month, day) || !isTimeOfDay(hour, minute, second, fraction)) {
    return undefined;
  }
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  instant.setUTCHours(hour, minute - offset, second, fraction);
  const utcYear = instant.getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9999 ? instant.toISOString() : undefined;
};

/** XML Schema allows offsets up to 14:00. */
const toOffsetMinutes = (sign = '+', hours = '00', minutes = '00'): number | undefined => {
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 14 * 60) return undefined;
  return sign === '-' ? -total : total;
};

const isCalendarDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/** 24:00:00 is the end of the day in XML Schema; a leap second is not in it. */
const isTimeOfDay = (hour: number, minute: number, second: number, fraction: number): boolean =>
  (hour <= 23 && minute <= 59 && second <= 59) || (hour === 24 && minute === 0 && second === 0 && fraction === 0);
