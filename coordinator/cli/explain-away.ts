import { connect } from 'node:tls';
import { AppError, errorChain, isAppError } from '../../shared/platform/errors.ts';
import { parseAddress } from '../../shared/platform/listen-address.ts';

/** A listener that does not shake hands by then is none that speaks TLS. */
const handshakeMsMax = 2_000;

export interface Asked {
  readonly address: string;
  /** Without credentials, in plaintext. */
  readonly inPlaintext: boolean;
}

/** A failed connection says where it looked and why nobody may be there, without the library's own sentences. */
export async function explainAway(error: unknown, asked: Asked): Promise<unknown> {
  if (!isAppError(error, 'COORDINATOR_AWAY')) return error;
  const why = /connect (E[A-Z]+)/.exec(errorChain(error.cause))?.[1];
  if (why === 'ECONNREFUSED') {
    return new AppError('COORDINATOR_AWAY', error.message, {
      cause: 'nobody listens there',
      hint: `is the coordinator at ${asked.address} running? name another with --coordinator or TANGRAM_COORDINATOR`,
    });
  }
  if (asked.inPlaintext && why === undefined && (await speaksTls(asked.address))) {
    return new AppError(
      'COORDINATOR_AWAY',
      `the coordinator at ${asked.address} wants to know who asks, and no credentials were found`,
      {
        cause:
          'it speaks TLS; neither --config, TANGRAM_CONFIG, ~/.config/tangram/config.yaml nor a coordinator of this host has a context file that this user may read',
        hint: 'on the host of the coordinator run it with sudo; elsewhere ask an administrator for a context file (tangram user create), and put it at ~/.config/tangram/config.yaml',
      },
    );
  }
  return new AppError('COORDINATOR_AWAY', error.message, {
    cause: error.cause,
    hint: 'does it know you? credentials are in a context file: --config or TANGRAM_CONFIG; on the host of the coordinator that is admin.yaml in its state directory',
  });
}

/** Whether a TLS server answers at `address`. Nothing is said to it, and it is not believed. */
async function speaksTls(address: string): Promise<boolean> {
  const parsed = parseAddress(address);
  if (!parsed.ok) return false;
  return new Promise((resolve) => {
    const socket = connect({
      ...parsed.value,
      // Who answers may be anybody: only that they answer is asked.
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(handshakeMsMax, () => end(false));
    socket.once('secureConnect', () => end(true));
    socket.once('error', () => end(false));
  });
}
