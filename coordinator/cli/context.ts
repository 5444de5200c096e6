import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import { splitPem } from '../../shared/pki/certificates.ts';
import { userContextSchema, type UserContext } from '../../shared/pki/user-context.ts';
import { readConfigFile } from '../../shared/platform/config-file.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { plaintext } from '../../shared/wire/services.ts';
import { tlsChannel } from '../../shared/wire/tls-channel.ts';

/** The user's own, then the one that a coordinator on this machine writes, for whoever may read it. */
const usualFiles: readonly string[] = [
  join(homedir(), '.config', 'tangram', 'config.yaml'),
  '/var/lib/tangram/coordinator/admin.yaml',
];

/**
 * Who asks, and of which cluster: the file that is named, else the first of the usual ones that can be read. null: there
 * is none, and a coordinator on this machine is spoken to in plaintext. Throws CONFIG_INVALID.
 */
export function readContext(
  named: string | undefined,
  usual: readonly string[] = usualFiles,
): UserContext | null {
  const path = named ?? usual.find(isReadable);
  return path === undefined ? null : readConfigFile(path, userContextSchema);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** How a context's user proves who they are. Throws CONFIG_INVALID for what is no certificate or key. */
export function contextChannel(context: UserContext | null): ChannelCredentials {
  if (context === null) return plaintext;
  const { cluster, ca, certificate, key, token } = context;
  const trust = { cluster, roots: splitPem(ca) };
  try {
    if (certificate !== undefined && key !== undefined) {
      return tlsChannel({ ...trust, identity: { chainPem: certificate, keyPem: key } });
    }
    const bearer = credentials.createFromMetadataGenerator((_about, answer) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${token ?? ''}`);
      answer(null, metadata);
    });
    return credentials.combineChannelCredentials(tlsChannel(trust), bearer);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', 'the credentials in the context file are not usable', {
      cause,
      hint: 'get the file anew: tangram user create, or admin.yaml of the coordinator',
    });
  }
}
