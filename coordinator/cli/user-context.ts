import { makeKeyRequest } from '../../shared/pki/key-proof.ts';
import { renderContext } from '../../shared/pki/user-context.ts';
import type { Api, CliDeps } from './deps.ts';
import { minuteText } from './words.ts';

/**
 * Has a certificate issued for a key that is made here and sent nowhere, and writes the context file with both.
 * Throws REQUEST_INVALID for a file that cannot be written.
 */
export async function writeUserContext(
  deps: CliDeps,
  api: Api,
  of: { readonly name: string; readonly file: string },
): Promise<void> {
  const { name, file } = of;
  const { publicKey, proof, privateKeyPem } = makeKeyRequest(name);
  const issued = await api().issueUserCertificate({
    user: name,
    publicKey: Buffer.from(publicKey),
    proof: Buffer.from(proof),
  });
  const text = renderContext({
    cluster: issued.clusterId,
    user: name,
    coordinators: issued.coordinators,
    ca: issued.roots,
    certificate: issued.certificateChain,
    key: privateKeyPem,
  });
  deps.host.writePrivate(file, text);
  deps.note(
    `wrote ${file}: ${name} uses it with tangram --config, until ${minuteText(issued.notAfterMs)}\n`,
  );
}
