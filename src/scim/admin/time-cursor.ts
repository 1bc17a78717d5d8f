import { BadRequestException } from '@nestjs/common';
import { isId } from '../persistence/is-id.js';

const OUR_YEARS = /^[1-9]\d{3}-/;

/** A place in a list that is ordered by time: that of the last row of a page. */
export const writeCursor = ({ at, id }: { readonly at: Date; readonly id: string }): string =>
  Buffer.from(`${at.toISOString()} ${id}`).toString('base64url');

/** @throws BadRequestException for a cursor that is none of ours. */
export function readCursor(cursor: string): { readonly at: string; readonly id: string } {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const time = new Date(at);
  // A day or a year that no calendar has would be an error of the database.
  const isTime = OUR_YEARS.test(at) && !Number.isNaN(time.getTime()) && time.toISOString() === at;
  if (!isTime || !isId(id)) throw new BadRequestException('The cursor is not one of ours.');
  return { at, id };
}
