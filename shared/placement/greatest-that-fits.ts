/**
 * The greatest whole number from `least` to `most` that fits, where whatever is less than one that fits, fits too, and
 * `most + 1` does not; null: not even `least`. `guess` costs two tries when it is right.
 */
export function greatestThatFits(
  range: { readonly least: number; readonly most: number; readonly guess: number },
  fits: (value: number) => boolean,
): number | null {
  const { least, most, guess } = range;
  if (most < least) return null;
  let low = least - 1;
  let high = most + 1;
  const near = Math.min(Math.max(guess, least), most);
  if (fits(near)) low = near;
  else high = near;
  if (low === near && near < most && !fits(near + 1)) return near;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low < least ? null : low;
}
