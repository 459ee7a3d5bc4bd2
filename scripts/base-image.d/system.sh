# Functions of scripts/base-image and scripts/base-images: a Debian system from packages, and images of it.

suite=${DEBIAN_SUITE:-bookworm}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
tool=${CONTAINER_TOOL:-$(command -v podman || command -v docker || true)}

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 1
}

check_tools() {
  [ "$(id -u)" = 0 ] || fail 'Only root can unpack a system. Run it with sudo.'
  [ -n "$tool" ] || fail 'There is neither podman nor docker. Install one: apt-get install podman'
  command -v debootstrap >/dev/null || fail 'There is no debootstrap. Install it: apt-get install debootstrap'
}

# unpack_system DIRECTORY PACKAGE,…
unpack_system() {
  debootstrap --variant=minbase --include="$2" "$suite" "$1" "$mirror" >"$1.log" 2>&1 || {
    tail -5 "$1.log" >&2
    fail "Debian could not be unpacked from $mirror."
  }
  trim_system "$1"
}

trim_system() {
  rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/* "$1"/usr/share/{doc,info,locale,man}/*
}

# copy_node DIRECTORY: the Node of this checkout and the npm of this machine, to /usr/local of a system
copy_node() {
  local node npm
  node=$(ls "$root"/node_modules/node-linux-*/bin/node 2>/dev/null || true)
  [ -n "$node" ] || fail 'There is no Node in node_modules. Run: npm ci'
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$1/usr/local/bin" "$1/usr/local/lib/node_modules"
  install -m 755 "$node" "$1/usr/local/bin/node"
  cp -R "$npm" "$1/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
}

# copy_node_headers DIRECTORY: what packages are compiled with, but for OpenSSL's, which are most of it
copy_node_headers() {
  mkdir -p "$1/usr/local/include"
  cp -R "$root"/node_modules/node-linux-*/include/node "$1/usr/local/include/node"
  rm -rf "$1/usr/local/include/node/openssl"
}

# import_system DIRECTORY IMAGE [INSTRUCTION …]: as a Dockerfile has them
import_system() {
  local system=$1 image=$2 instruction
  shift 2
  local changes=(--change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
  for instruction in "$@"; do changes+=(--change "$instruction"); done
  tar --numeric-owner -C "$system" -c . | "$tool" import "${changes[@]}" - "$image" >"$work/log" 2>&1 || {
    tail -5 "$work/log" >&2
    fail "The image $image could not be made."
  }
}
