/** What kind of thing a response varies. */
export type Kind =
  | "full" | "minimal" | "value" | "unknown-value" | "union" | "unknown-member" | "absent" | "null" | "entries"
  | "error" | "sequence" | "deviation";

/** One response of an operation, and the endpoint that gives it. */
export interface Response {
  /** What varies, such as `status=FAILED`. */
  id: string;
  kind: Kind;
  /** JSON Pointer to what varies in the body. */
  pointer?: string;
  /** What is there; undefined for absent members. */
  value?: unknown;
  /** The name of an error. */
  error?: string;
  /** IDs of the responses, one for each request; the last one repeats. */
  sequence?: string[];
  /** The URL for clients. AWS_ENDPOINT_URL has it while the test runs. */
  endpoint: string;
}

export interface Options {
  /** Values that stay in all responses, by the names of members as IDs write them; of a union, the name of its member. */
  pin?: Record<string, unknown>;
  /** The contracts, as `crcheck --contract` takes them; by default the built-in ones. */
  contract?: string | string[];
  /** The functions of the test runner, if they are not global. */
  test?: (name: string, body: (...context: any[]) => Promise<void>) => unknown;
  beforeAll?: (body: () => Promise<void>, timeout?: number) => unknown;
  afterAll?: (body: () => Promise<void>) => unknown;
}

/**
 * Defines a test for each response of an operation, named by its ID. Around each test, the environment has the endpoint,
 * a region and credentials for AWS SDKs. What Vitest passes to tests follows the response.
 */
export function eachResponse(operation: string, options: Options, body: (response: Response, ...context: any[]) => unknown): void;

/** What code returned or threw. */
export type Outcome<T> = { returns: T; raises?: undefined; message?: undefined } | { raises: string; message?: string; returns?: undefined };

/**
 * Calls the code under test, and says what it returns or throws, for a snapshot: endpoints are replaced, and `$metadata`
 * is left out.
 */
export function outcome<T>(call: () => T | PromiseLike<T>, response: Response): Promise<Outcome<T>>;
