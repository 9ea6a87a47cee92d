# syntax=docker/dockerfile:1
# One image for the server and the workers. test/unit/repository/docker-image.test.ts runs every instruction of this file
# without Docker, in a scratch folder: so RUN works in the folder of WORKDIR only.
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY electron.vite.config.ts tsconfig.base.json ./
COPY src-core ./src-core
COPY src-worker ./src-worker
COPY src-main ./src-main
COPY src-renderer ./src-renderer
RUN npm run --silent build
RUN npm prune --omit=dev --no-audit --no-fund --loglevel=error
COPY scripts/prune-packages.sh ./scripts/prune-packages.sh
RUN sh scripts/prune-packages.sh
# The image's own Node, where bin/imagefleet looks for the one of a development tree.
RUN mkdir -p node_modules/node/bin && ln -s "$(command -v node)" node_modules/node/bin/node

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
ENV IMAGEFLEET_DATA_DIR=/app/data
ENV PATH=/app/bin:$PATH
WORKDIR /app
# For whatever user the container runs as: pictures may be readable by one person only.
RUN mkdir -m 1777 data
COPY package.json LICENSE NOTICE ./
COPY bin/imagefleet ./bin/imagefleet
COPY resources/models ./resources/models
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/out ./out
USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["imagefleet"]
CMD ["serve", "--host", "0.0.0.0"]
