/** An answer that is not a success; `message` is what Qdrant puts into `status.error`. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

export const wrongInput = (message: string): Refusal => new Refusal(400, `Wrong input: ${message}`);
export const badRequest = (message: string): Refusal => new Refusal(400, `Bad request: ${message}`);
export const badJson = (message: string): Refusal => new Refusal(400, `Format error in JSON body: ${message}`);
export const badQuery = (message: string): Refusal =>
  new Refusal(400, `Deserialize error in query parameters: ${message}`);
export const notFound = (message: string): Refusal => new Refusal(404, `Not found: ${message}`);
export const noCollection = (name: string): Refusal => notFound(`Collection \`${name}\` doesn't exist!`);
export const invalidBody = (message: string): Refusal =>
  new Refusal(422, `Validation error in JSON body: [${message}]`);

/** What a real server may do and the double does not: an adapter must never pass on something that was ignored. */
export const unsupported = (what: string): Refusal => new Refusal(501, `The Qdrant double does not do ${what}`);
