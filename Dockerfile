# Two stages: what builds is not what runs. Node's slim image is Debian, whose libpcre2-8 FreeSWITCH uses too.
FROM node:22-bookworm-slim AS build
WORKDIR /parkway
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY schema schema
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends libpcre2-8-0 tzdata \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /parkway
COPY --from=build /parkway/node_modules node_modules
COPY --from=build /parkway/dist dist
COPY package.json LICENSE ./
COPY schema schema
COPY page page
COPY examples examples
ENV NODE_ENV=production PARKWAY_LISTEN=0.0.0.0:8084
USER node
EXPOSE 8084
# The dialplan: mount it at /dialplan and set PARKWAY_STORE=/dialplan; without that the example dialplan is served.
# What is garbage a moment later is to be told from what stays: docs/configuration.md, "As a service".
ENTRYPOINT ["node", "--max-semi-space-size=32", "dist/main.js"]
CMD ["serve"]
