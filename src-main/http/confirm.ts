import { AppError } from '../../src-core/domain/app-error.ts';

/** What takes pictures out of a catalog needs their number. Throws INVALID_INPUT, with the number to give. */
export function mustConfirm(what: string, images: number, given: number | undefined): void {
  if (images === 0 || given === images) return;
  throw new AppError('INVALID_INPUT', `${what}: ${images} pictures would leave the catalog; confirm says how many`, {
    details: { images, issues: [{ field: 'confirm', problem: `must be ${images}` }] },
  });
}
