import { stringify } from 'yaml';
import { z } from 'zod';

const pem = z.string().min(1).max(65_536);

/** The context file of `tangram`: which cluster, and who asks. With a certificate and its key, or with a bearer token. */
export const userContextSchema = z
  .strictObject({
    cluster: z.string().min(1).max(128).describe('the cluster’s id, for people'),
    user: z
      .string()
      .min(1)
      .max(128)
      .describe('whom the certificate or the token is of, for people'),
    coordinators: z
      .array(z.string().min(1).max(262))
      .min(1)
      .max(16)
      .describe('host:port of each coordinator: of grpc with a certificate, of join with a token'),
    ca: pem.describe('the roots that are trusted, PEM'),
    certificate: pem.optional().describe('the certificate and what is between it and a root, PEM'),
    key: pem.optional().describe('its private key, PEM'),
    token: z.string().min(1).max(256).optional().describe('an API token, instead of a certificate'),
  })
  .superRefine(({ certificate, key, token }, context) => {
    const both = certificate !== undefined && key !== undefined;
    if (both !== (token !== undefined) && (certificate === undefined) === (key === undefined))
      return;
    context.addIssue('give certificate and key, or token, and not both');
  });

export type UserContext = z.infer<typeof userContextSchema>;

export function renderContext(context: UserContext): string {
  return `# Credentials for tangram: tangram --config FILE, or TANGRAM_CONFIG. Keep it to yourself.\n${stringify(context)}`;
}
