// Shows /openapi.json, and sends what its reader fills in. Text from the server is only ever set as text.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** An element with attributes and children; children that are strings become text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A value of the schema's kind, to begin with. */
function exampleOf(schema = {}, deep = 0) {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [either] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (either) return exampleOf(either, deep);
  if (schema.type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
    return deep > 4 ? {} : Object.fromEntries(wanted.map(([key, child]) => [key, exampleOf(child, deep + 1)]));
  }
  return { array: [], boolean: false, integer: schema.minimum ?? 0, number: schema.minimum ?? 0 }[schema.type] ?? '';
}

function fieldOf({ name, in: place, required, description, schema = {} }) {
  const input = make('input', { name, 'data-in': place, ...(required && { required: '' }), autocomplete: 'off' });
  if (schema.default !== undefined) input.placeholder = String(schema.default);
  if (description) input.title = description;
  return make('label', {}, `${name}${required ? ' *' : ''}`, input);
}

/** The request that a form says. */
function requestOf(path, method, form) {
  const url = new URL(path, location.origin);
  const headers = {};
  let address = path;
  for (const input of form.querySelectorAll('input[data-in]')) {
    if (input.value === '') continue;
    if (input.dataset.in === 'path') address = address.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.dataset.in === 'query') url.searchParams.append(input.name, input.value);
    else headers[input.name] = input.value;
  }
  const body = form.querySelector('textarea')?.value;
  if (body) headers['content-type'] = 'application/json';
  return { address: address + url.search, init: { method: method.toUpperCase(), headers, ...(body && { body }) } };
}

/** For a shell; a quote within quotes is closed, escaped and opened again. */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curlOf({ address, init }) {
  const all = { authorization: 'Bearer TOKEN', ...init.headers };
  const headers = Object.entries(all).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const body = init.body ? [`-d ${quote(init.body)}`] : [];
  return ['curl', `-X ${init.method}`, ...headers, ...body, quote(location.origin + address)].join(' ');
}

async function show(response, began, output) {
  const took = `${response.status} ${response.statusText} in ${Math.round(performance.now() - began)} ms`;
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('image/') && response.ok) {
    const picture = make('img', { alt: 'the answer', src: URL.createObjectURL(await response.blob()) });
    return output.replaceChildren(make('p', {}, took), picture);
  }
  const text = await response.text();
  const pretty = type.includes('json') && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return output.replaceChildren(make('p', {}, took), make('pre', { tabindex: '0' }, pretty));
}

function formOf(path, method, operation) {
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  const output = make('div', { role: 'status' });
  const curl = make('pre', { tabindex: '0' });
  const form = make('form', {}, ...(operation.parameters ?? []).map(fieldOf));
  if (schema) {
    const area = make('textarea', { 'aria-label': 'body', spellcheck: 'false' });
    area.value = JSON.stringify(exampleOf(schema), null, 2);
    form.append(area);
  }
  form.append(make('button', {}, 'Send'));
  const renew = () => {
    curl.textContent = curlOf(requestOf(path, method, form));
  };
  form.addEventListener('input', renew);
  renew();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { address, init } = requestOf(path, method, form);
    const began = performance.now();
    try {
      await show(await fetch(address, init), began, output);
    } catch (error) {
      output.replaceChildren(make('p', {}, `No answer: ${error.message}`));
    }
  });
  const parts = [form, curl, output];
  if (schema) {
    const text = make('pre', { tabindex: '0' }, JSON.stringify(schema, null, 2));
    parts.push(make('details', {}, make('summary', {}, 'Schema of the body'), text));
  }
  return parts;
}

function detailsOf({ path, method, operation }) {
  const head = [make('span', { class: 'method' }, method.toUpperCase()), make('code', {}, path)];
  const summary = make('summary', {}, ...head, make('span', { class: 'about' }, operation.summary ?? ''));
  const details = make('details', {}, summary);
  // A form is made when it is first looked at: there are many.
  details.addEventListener('toggle', () => details.append(...formOf(path, method, operation)), { once: true });
  return details;
}

function showOperations(operations, words) {
  const wanted = operations.filter(({ path, method, operation }) =>
    words.every((word) => `${method} ${path} ${operation.summary ?? ''}`.toLowerCase().includes(word)),
  );
  const groups = Map.groupBy(wanted, ({ operation }) => operation.tags?.[0] ?? '');
  const sections = [...groups].map(([tag, group]) => make('section', {}, make('h2', {}, tag), ...group.map(detailsOf)));
  const main = document.querySelector('#operations');
  main.replaceChildren(...(sections.length ? sections : [make('p', {}, 'Nothing has these words.')]));
  main.setAttribute('aria-busy', 'false');
}

const api = await (await fetch('/openapi.json')).json();
document.querySelector('#about').textContent = `${api.info.version}. ${api.info.description}`;
const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
);
const search = document.querySelector('#search');
const renew = () => showOperations(operations, search.value.toLowerCase().split(/\s+/).filter(Boolean));
search.addEventListener('input', renew);
renew();
