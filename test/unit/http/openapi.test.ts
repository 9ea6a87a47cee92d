import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { AUTH, testServer } from './test-server.ts';

interface Operation {
  operationId: string;
  summary?: string;
  responses: Record<string, unknown>;
  parameters?: { name: string; in: string; style?: string; explode?: boolean }[];
  requestBody?: { content: Record<string, unknown> };
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };

async function openApi(): Promise<Document> {
  const { get } = await testServer();
  const answer = await get('/openapi.json');
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

it('describes itself in valid OpenAPI 3.1', async () => {
  const document = await openApi();
  expect(document.openapi).toMatch(/^3\.1\./);
  const validator = new Validator();
  expect(await validator.validate(document as unknown as Record<string, unknown>)).toEqual({ valid: true });
  // The validator sees what is wrong.
  const { paths } = document;
  const wrong = { ...document, paths: { ...paths, '/catalogs': { get: { responses: 7 } } } };
  expect(await new Validator().validate(wrong)).toMatchObject({ valid: false });
});

it('names every operation once, says what it is for, and how it fails', async () => {
  const { paths } = await openApi();
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ call: `${method} ${path}`, ...operation })),
  );
  const ids = all.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { call, summary, responses } of all) {
    expect({ call, summary, problem: responses.default }).toEqual({
      call,
      summary: expect.any(String),
      problem: { $ref: '#/components/responses/Problem' },
    });
  }
});

it('has every route of the server', async () => {
  const { app } = await testServer();
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const path = url.replaceAll(/:(\w+)/g, '{$1}').replace('/files/*', '/files/{path}');
    for (const each of [method].flat()) routes.push(`${each} ${path}`);
  });
  await app.ready();
  const { paths } = (await app.inject({ url: '/openapi.json', headers: AUTH })).json<Document>();
  const described = new Set(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  );
  expect(routes.length).toBeGreaterThan(described.size);
  // Pages, their files, sign-in, and what is the renderer's: no API for programs.
  const pages = /^(HEAD .*|GET \/docs\/docs\.(css|js)|\w+ \/(sign-in|sign-out|session)(\/\w+)?|POST \/rpc\/\*)$/;
  expect(routes.filter((route) => !described.has(route) && !pages.test(route))).toEqual([]);
});

it('says where fields go, and of a search that it takes a picture too', async () => {
  const { paths } = await openApi();
  const facets = paths['/catalogs/{catalog}/facets']?.get;
  expect(facets?.parameters).toMatchObject([
    { name: 'catalog', in: 'path' },
    { name: 'field', in: 'query' },
    { name: 'limit', in: 'query' },
    { name: 'filter', in: 'query', style: 'form', explode: true },
  ]);
  const search = paths['/search']?.post;
  expect(Object.keys(search?.requestBody?.content ?? {})).toEqual(['application/json', 'multipart/form-data']);
});

it('serves a page to read and try it, whose policy lets in nothing from elsewhere', async () => {
  const { get } = await testServer();
  const page = await get('/docs');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  expect(page.body).not.toMatch(/https?:\/\/|<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  for (const [, file = ''] of page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    expect([file, (await get(file)).statusCode]).toEqual([file, 200]);
  }
  expect((await get('/docs', {})).statusCode).toBe(401);
});
