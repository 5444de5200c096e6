import { AppError } from '../../shared/platform/errors.ts';

/** A number of a request within its limits; 0 stands for "not said". Throws REQUEST_INVALID. */
export function bounded(
  field: string,
  value: number,
  rule: { readonly whenZero: number; readonly max: number },
): number {
  if (value === 0) return rule.whenZero;
  if (value >= 1 && value <= rule.max) return value;
  throw new AppError('REQUEST_INVALID', `${field} is ${value}`, {
    hint: `give a number from 1 to ${rule.max}`,
  });
}
