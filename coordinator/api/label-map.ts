import { AppError } from '../../shared/platform/errors.ts';

const labelsMax = 64;
const labelLengthMax = 256;
const labelKey = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/;

/** Labels of a node as somebody sent them. Throws REQUEST_INVALID. */
export function checkedLabels(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = Object.entries(labels);
  const wrong = all.find(([key, value]) => !labelKey.test(key) || value.length > labelLengthMax);
  if (wrong === undefined && all.length <= labelsMax) return labels;
  const why =
    wrong === undefined ? `there are ${all.length}` : `${JSON.stringify(wrong[0])} is none`;
  throw new AppError('REQUEST_INVALID', `labels: ${why}`, {
    hint: `at most ${labelsMax} of key=value, keys of letters, digits and . _ / -`,
  });
}
