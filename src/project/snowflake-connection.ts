// A connection to Snowflake: where, as whom, and how that is proved. One way to prove it, never two.

export type SnowflakeProof =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'mfa'; readonly password: string; readonly passcode?: string | undefined }
  | {
      readonly kind: 'key';
      /** Absolute, or the key itself. */
      readonly path?: string | undefined;
      readonly pem?: string | undefined;
      readonly passphrase?: string | undefined;
    }
  | { readonly kind: 'access-token'; readonly token?: string | undefined; readonly path?: string | undefined }
  | { readonly kind: 'oauth'; readonly token: string }
  | {
      readonly kind: 'oauth-client' | 'oauth-code';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tokenUrl: string;
      readonly authorizationUrl?: string | undefined;
      readonly scope?: string | undefined;
    }
  | { readonly kind: 'browser' }
  | { readonly kind: 'workload'; readonly provider: string; readonly resource?: string | undefined };

export interface SnowflakeConnection {
  readonly type: 'snowflake';
  readonly account: string;
  readonly user?: string | undefined;
  readonly role?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  /** Instead of the address that follows from the account: a private link, a proxy. */
  readonly url?: string | undefined;
  readonly proof: SnowflakeProof;
}
