# Installs what the tests need beyond Node, for scripts/services.

# command or file → Debian package
needed=(
  git:git
  git-filter-repo:git-filter-repo
  sshd:openssh-server
  pgbouncer:pgbouncer
  podman:podman
  skopeo:skopeo
  bwrap:bubblewrap
  runc:runc
  debootstrap:debootstrap
  promtool:prometheus
  redis-server:redis-server
  rabbitmq-server:rabbitmq-server
)
# Where there is no MinIO.
needed_of_ceph=(
  radosgw:radosgw
  radosgw-admin:radosgw
  ceph:ceph-common
  ceph-mon:ceph-mon
  ceph-osd:ceph-osd
)

list_missing() {
  local entry missing=() all=("${needed[@]}")
  [ "$(choose_s3)" = minio ] || all+=("${needed_of_ceph[@]}")
  for entry in "${all[@]}"; do
    command -v "${entry%%:*}" >/dev/null || missing+=("${entry#*:}")
  done
  find_postgres >/dev/null || missing+=(postgresql)
  printf '%s\n' "${missing[@]}" | sort -u | xargs
}

install_packages() {
  local missing policy=/usr/sbin/policy-rc.d
  missing=$(list_missing)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    cat >&2 <<TEXT
The tests need: $missing
Debian, Ubuntu: sudo scripts/services install
Elsewhere: git, git-filter-repo, sshd, podman (with runc), skopeo, bubblewrap and debootstrap, PostgreSQL 15 or newer, PgBouncer, RabbitMQ 3.10 or newer, Redis 7, and MinIO or, of Ceph, radosgw, mon, osd, common.
Then run this again.
TEXT
    return 1
  fi
  # The packages would start servers of their own: nobody asked for those (invoke-rc.d(8); deb-systemd-invoke asks it, too).
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    # shellcheck disable=SC2064
    trap "rm -f $policy" EXIT
  fi
  apt-get -o DPkg::Lock::Timeout=300 update -qq >&2
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >&2
  if command -v systemctl >/dev/null; then
    for package in $missing; do disable_units "$package"; done
  fi
}

# Nor at the next start of the machine.
disable_units() {
  local unit
  for unit in $(dpkg -L "$1" | sed -n 's|^/lib/systemd/system/\([^/@]*\.\(service\|target\)\)$|\1|p'); do
    systemctl disable --quiet "$unit" 2>/dev/null || true
  done
}
