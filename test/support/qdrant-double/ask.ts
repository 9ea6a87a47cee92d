/** An answer of the double, its JSON read; `result` is undefined where it was refused. */
export interface Answer {
  status: number;
  text: string;
  result: unknown;
  error: string | undefined;
}

/** Sends one request as it is, without a client library in between. */
export async function askQdrant(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  const json = (isJson ? JSON.parse(text) : {}) as { result?: unknown; status?: { error?: string } };
  return { status: response.status, text, result: json.result, error: json.status?.error };
}
