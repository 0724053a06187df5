# syntax=docker/dockerfile:1

# Only what runs: no development dependencies, so neither the embedded PostgreSQL nor the test tools are in the image.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:26-bookworm-slim
# The API stays under 200 MB after the demo round; without these three 230 MiB and more (docs/guide/performance.md).
ENV NODE_ENV=production NODE_COMPILE_CACHE=/tmp/node-compile-cache \
    MALLOC_ARENA_MAX=2 NODE_OPTIONS="--max-semi-space-size=4 --import=/app/src/platform/quickImports.mjs"
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY migrations ./migrations
COPY src ./src
USER node
EXPOSE 3000
VOLUME /data
# The sources run as they are: Node strips the types.
CMD ["node", "--heap-growing-percent=20", "src/bin/server.ts"]
