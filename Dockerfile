# docker build -t s3repl . && docker run --rm -v ~/.aws:/home/node/.aws:ro -v "$PWD:/work" s3repl plan
FROM node:24-alpine AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --pack-destination /package

FROM node:24-alpine
COPY --from=build /package/*.tgz /tmp/s3repl.tgz
RUN npm install --global --no-audit --no-fund /tmp/s3repl.tgz && rm /tmp/s3repl.tgz
USER node
WORKDIR /work
ENTRYPOINT ["s3repl"]
CMD ["--help"]
