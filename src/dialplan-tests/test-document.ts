/** Dialplan tests as they are written in YAML; see `schema/dialplan-tests.schema.json`. */
import type { Scalar } from '../dialplan/extension-document.js';

/** A caller profile field by its name, or one of the keys below. */
export interface CallDocument {
  readonly dump?: string;
  readonly variables?: Readonly<Record<string, Scalar>>;
  readonly headers?: Readonly<Record<string, Scalar>>;
  readonly [field: string]: Scalar | Readonly<Record<string, Scalar>> | undefined;
}

/** `answer`, `{ bridge: user/1000 }`, `{ bridge: { matches: ^user/ } }`; no data is any data. */
export type ActionDocument = string | Readonly<Record<string, Scalar | null | { readonly matches: string }>>;

export interface ExpectDocument {
  readonly domain?: string;
  readonly context?: string;
  readonly extension?: string | readonly string[];
  readonly actions?: readonly ActionDocument[];
  readonly inline?: readonly ActionDocument[];
  readonly contains?: ActionDocument | readonly ActionDocument[];
  readonly not?: ActionDocument | readonly ActionDocument[];
  readonly hangup?: boolean | string;
  readonly noRoute?: boolean;
}

/** What is known besides the channel. */
export interface SituationDocument {
  readonly domain?: string;
  readonly timezone?: string;
  readonly time?: string;
  /** null: FreeSWITCH has none. */
  readonly globals?: Readonly<Record<string, Scalar | null>>;
  readonly answers?: Readonly<Record<string, Scalar | null>>;
}

export interface RowDocument {
  readonly time?: string;
  readonly inContext?: string;
  readonly skip?: string;
  readonly expect?: ExpectDocument;
  readonly [callKey: string]: unknown;
}

export interface TestDocument extends SituationDocument {
  readonly name: string;
  readonly skip?: string;
  readonly call?: CallDocument;
  readonly inContext?: string;
  readonly expect?: ExpectDocument;
  readonly table?: readonly RowDocument[];
}

export interface InvariantDocument extends Omit<SituationDocument, 'domain'> {
  readonly name: string;
  readonly skip?: string;
  readonly contexts?: 'all' | 'extension' | 'gateway' | 'profile' | readonly string[];
  readonly domains?: readonly string[];
  readonly numbers: readonly Scalar[] | { readonly file: string };
  readonly call?: CallDocument;
  readonly expect: ExpectDocument;
}

export interface TestsDocument extends SituationDocument {
  readonly dialplan?: string;
  readonly call?: CallDocument;
  readonly tests?: readonly TestDocument[];
  readonly invariants?: readonly InvariantDocument[];
}
