/**
 * How much the fragments of a node must shrink for a score of 51, 52, … 99, in 10⁻¹² milli-GPU, rounded up:
 * `1000 · ln(s / (100 − s))`, the inverse of `100 · sigmoid(x / 1000)`. By symmetry the same growth gives 49, 48, … 1.
 * A table, because the last bit of `exp` differs between machines; the test computes it anew to 40 digits.
 */
// prettier-ignore
const shrinkagePicoMilli = [
  40_005_334_613_700, 80_042_707_673_537, 120_144_311_842_064, 160_342_650_075_180, 200_670_695_462_152,
  241_162_056_816_889, 281_851_152_140_988, 322_773_392_263_052, 363_965_377_201_412, 405_465_108_108_165,
  447_312_218_043_665, 489_548_225_318_706, 532_216_813_747_309, 575_364_144_903_562, 619_039_208_406_224,
  663_294_217_410_265, 708_185_057_924_486, 753_771_802_376_381, 800_119_300_112_114, 847_297_860_387_204,
  895_384_047_054_842, 944_461_608_840_852, 994_622_575_144_063, 1_045_968_555_182_688, 1_098_612_288_668_110,
  1_152_679_509_938_386, 1_208_311_205_924_535, 1_265_666_373_331_276, 1_324_925_414_743_599, 1_386_294_361_119_891,
  1_450_010_175_505_999, 1_516_347_489_368_089, 1_585_627_263_740_382, 1_658_228_076_603_533, 1_734_601_055_388_107,
  1_815_289_966_638_250, 1_900_958_761_193_047, 1_992_430_164_690_207, 2_090_741_096_933_770, 2_197_224_577_336_220,
  2_313_634_929_180_631, 2_442_347_035_369_205, 2_586_689_344_097_943, 2_751_535_313_041_949, 2_944_438_979_166_441,
  3_178_053_830_347_946, 3_476_098_689_835_274, 3_891_820_298_110_627, 4_595_119_850_134_590,] as const;

const picoPerMilli = 1_000_000_000_000n;

/** Turns a change of weighted fragments into FGD's score. */
export interface ScoreScale {
  /** limits[i] is the least shrinkage (milli-GPU times `weightTotal`) with a score of i + 1. Ascending. */
  readonly limits: readonly number[];
}

/**
 * The scale for shapes whose weights sum to `weightTotal`: thresholds are multiplied once, exactly, so that
 * scores compare whole numbers and never divide.
 */
export function scoreScale(weightTotal: number): ScoreScale {
  const total = BigInt(weightTotal);
  const products = shrinkagePicoMilli.map((each) => BigInt(each) * total);
  return {
    limits: [
      ...products.map((product) => -Number(product / picoPerMilli)).reverse(),
      0,
      ...products.map((product) => Number((product + picoPerMilli - 1n) / picoPerMilli)),
    ],
  };
}

/**
 * `trunc(100 · sigmoid(shrunkWeighted / weightTotal / 1000))`, 0..99 (Weng et al., USENIX ATC'23).
 * Near zero one point is 40 milli: many nodes tie, and their order decides.
 */
export function fgdScore(scale: ScoreScale, shrunkWeighted: number): number {
  const { limits } = scale;
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((limits[middle] ?? Infinity) <= shrunkWeighted) low = middle + 1;
    else high = middle;
  }
  return low;
}
