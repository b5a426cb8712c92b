# The app: what the binary embeds for browsers.
FROM node:20-bookworm-slim AS app
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web .
COPY locales/app/en.json ../locales/app/
RUN npm run build

# Build: a static binary, no C compiler, no network at run time.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=app /src/web/built web/built
ARG VERSION=development
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/waymark ./cmd/waymark \
 && mkdir -m 0700 /out/data

# Run: nothing but the binary, as nobody in particular.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/waymark /waymark
COPY --from=build --chown=nonroot:nonroot /out/data /data
USER nonroot:nonroot
ENV WAYMARK_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/waymark"]
CMD ["serve"]
