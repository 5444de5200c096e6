import { migGeometries, type MigGeometryKey } from './mig-geometry.ts';
import type { MigGeometry } from './mig-profile.ts';
import { err, ok, type Result } from './result.ts';

/** A GPU product: what a data sheet says. The node's own answers win wherever they exist. */
export interface Card {
  /** What people type: `A100-40GB`, `L40S`. */
  readonly name: string;
  /** What `nvidia-smi --query-gpu=name` prints. */
  readonly productName: string;
  readonly architecture: 'Turing' | 'Ampere' | 'Ada Lovelace' | 'Hopper' | 'Blackwell';
  readonly computeCapability: string;
  readonly memoryMib: number;
  readonly smCount: number;
  readonly powerLimitWatts: number;
  readonly smClockMaxMhz: number;
  readonly memoryClockMaxMhz: number;
  /** PCI vendor and device as `nvidia-smi -q` prints them. */
  readonly pciDeviceId: string;
  /** null: this product has no MIG at all, which is different from MIG being off. */
  readonly migGeometry: MigGeometryKey | null;
}

/** Sources: NVIDIA data sheets and public `nvidia-smi` outputs of each product. */
// prettier-ignore
export const cards: readonly Card[] = [
  card('T4', 'Tesla T4', { architecture: 'Turing', computeCapability: '7.5', memoryMib: 15360, smCount: 40, powerLimitWatts: 70, smClockMaxMhz: 1590, memoryClockMaxMhz: 5001, pciDeviceId: '0x1EB810DE', migGeometry: null }),
  card('L4', 'NVIDIA L4', { architecture: 'Ada Lovelace', computeCapability: '8.9', memoryMib: 23034, smCount: 58, powerLimitWatts: 72, smClockMaxMhz: 2040, memoryClockMaxMhz: 6251, pciDeviceId: '0x27B810DE', migGeometry: null }),
  card('L40S', 'NVIDIA L40S', { architecture: 'Ada Lovelace', computeCapability: '8.9', memoryMib: 46068, smCount: 142, powerLimitWatts: 350, smClockMaxMhz: 2520, memoryClockMaxMhz: 9001, pciDeviceId: '0x26B910DE', migGeometry: null }),
  card('A30', 'NVIDIA A30', { architecture: 'Ampere', computeCapability: '8.0', memoryMib: 24576, smCount: 56, powerLimitWatts: 165, smClockMaxMhz: 1440, memoryClockMaxMhz: 1215, pciDeviceId: '0x20B710DE', migGeometry: 'A30' }),
  card('A100-40GB', 'NVIDIA A100-SXM4-40GB', { architecture: 'Ampere', computeCapability: '8.0', memoryMib: 40960, smCount: 108, powerLimitWatts: 400, smClockMaxMhz: 1410, memoryClockMaxMhz: 1215, pciDeviceId: '0x20B010DE', migGeometry: 'A100-40GB' }),
  card('A100-80GB', 'NVIDIA A100-SXM4-80GB', { architecture: 'Ampere', computeCapability: '8.0', memoryMib: 81920, smCount: 108, powerLimitWatts: 400, smClockMaxMhz: 1410, memoryClockMaxMhz: 1593, pciDeviceId: '0x20B210DE', migGeometry: 'A100-80GB' }),
  card('H100-80GB', 'NVIDIA H100 80GB HBM3', { architecture: 'Hopper', computeCapability: '9.0', memoryMib: 81559, smCount: 132, powerLimitWatts: 700, smClockMaxMhz: 1980, memoryClockMaxMhz: 2619, pciDeviceId: '0x233010DE', migGeometry: 'H100-80GB' }),
  card('H100-NVL', 'NVIDIA H100 NVL', { architecture: 'Hopper', computeCapability: '9.0', memoryMib: 95830, smCount: 132, powerLimitWatts: 400, smClockMaxMhz: 1785, memoryClockMaxMhz: 2619, pciDeviceId: '0x232110DE', migGeometry: 'H100-94GB' }),
  card('GH200-96GB', 'NVIDIA GH200 480GB', { architecture: 'Hopper', computeCapability: '9.0', memoryMib: 97871, smCount: 132, powerLimitWatts: 900, smClockMaxMhz: 1980, memoryClockMaxMhz: 2619, pciDeviceId: '0x234210DE', migGeometry: 'H100-96GB' }),
  card('H200', 'NVIDIA H200', { architecture: 'Hopper', computeCapability: '9.0', memoryMib: 143771, smCount: 132, powerLimitWatts: 700, smClockMaxMhz: 1980, memoryClockMaxMhz: 3201, pciDeviceId: '0x233510DE', migGeometry: 'H200-141GB' }),
  card('B200', 'NVIDIA B200', { architecture: 'Blackwell', computeCapability: '10.0', memoryMib: 183359, smCount: 148, powerLimitWatts: 1000, smClockMaxMhz: 1965, memoryClockMaxMhz: 3996, pciDeviceId: '0x290110DE', migGeometry: 'B200-180GB' }),
  card('RTX-PRO-6000', 'NVIDIA RTX PRO 6000 Blackwell Server Edition', { architecture: 'Blackwell', computeCapability: '12.0', memoryMib: 97887, smCount: 188, powerLimitWatts: 600, smClockMaxMhz: 2430, memoryClockMaxMhz: 12481, pciDeviceId: '0x2BB510DE', migGeometry: 'RTX-PRO-6000-96GB' }),
];

/** The card that `nvidia-smi` calls `productName`, if we know it. */
export function cardByProductName(productName: string): Card | undefined {
  return cards.find((candidate) => candidate.productName === productName);
}

export function geometryOf(found: Card): MigGeometry | null {
  return found.migGeometry === null ? null : migGeometries[found.migGeometry];
}

/**
 * Whether a product is what a person called `wanted`: our short name, the driver's name, or the driver's
 * name without the vendor and with dashes. Case does not matter.
 */
export function isCardNamed(productName: string, wanted: string): boolean {
  const known = cardByProductName(productName);
  const names = [productName, shortProductName(productName), ...(known ? [known.name] : [])];
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

/** `NVIDIA H100 80GB HBM3` → `H100-80GB-HBM3`. */
function shortProductName(productName: string): string {
  return productName.replace(/^NVIDIA /, '').replaceAll(' ', '-');
}

/** The most cards that one specification may name: a host with more is a typing error. */
const cardsMax = 64;

/** Parses a host's cards as people write them everywhere: `2xA100-40GB,L40S`. */
export function parseCards(text: string): Result<readonly Card[]> {
  const found: Card[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*(?:(\d{1,2})\s*x\s*)?([A-Za-z0-9-]+)\s*$/.exec(part);
    const wanted = match?.[2];
    const known = cards.find(
      (candidate) => wanted !== undefined && isCardNamed(candidate.productName, wanted),
    );
    if (known === undefined) {
      return err({
        code: 'CARD_UNKNOWN',
        message: `${JSON.stringify(part.trim())} names no card we know`,
        hint: `write a list such as 2xA100-40GB,L40S; known: ${cards.map((each) => each.name).join(', ')}`,
      });
    }
    const count = match?.[1] === undefined ? 1 : Number(match[1]);
    if (count < 1 || found.length + count > cardsMax) {
      return err({
        code: 'CARD_COUNT',
        message: `${JSON.stringify(text)} asks for too few or too many cards`,
        hint: `between 1 and ${cardsMax}`,
      });
    }
    for (let each = 0; each < count; each += 1) found.push(known);
  }
  return ok(found);
}

function card(name: string, productName: string, rest: Omit<Card, 'name' | 'productName'>): Card {
  return { name, productName, ...rest };
}
