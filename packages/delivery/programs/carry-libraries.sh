#!/bin/sh
# Brings what an application needs of the image that it was built in to the smaller one that it runs on: libraries that it and its modules are
# linked with (libpq.so.5 of psycopg2; never the C library itself), with the packages that they are of, for bills of materials and scanners;
# certificates, and the time zones of Go. What a program only opens by its name while it runs is not seen.
#   carry-libraries.sh gather    behind the build: puts all of it, and itself, into /opt/carried
#   carry-libraries.sh place     in the other image, which has that folder: puts what is not there where it belongs
set -eu

carried=/opt/carried

# keep FILE PLACE
keep() {
  mkdir -p "$carried/files${2%/*}"
  cp -L "$1" "$carried/files$2"
}

list_libraries() {
  find /app /opt/venv /opt/bundle -type f \( -name '*.node' -o -name '*.so' -o -name '*.so.*' -o -perm -100 -size +16k \) -exec ldd {} + 2>/dev/null |
    sed -n 's#^.* => \(/[^ ]*\) (0x.*#\1#p' |
    grep -E '^(/usr)?/lib' |
    grep -vE '/(ld-|lib(c|m|mvec|dl|rt|pthread|resolv|util|anl)\.so)[^/]*$' |
    sort -u
}

gather() {
  mkdir -p "$carried/files" "$carried/packages"
  list_libraries | while read -r file; do
    # /lib is /usr/lib in every system of today.
    keep "$file" "/usr/lib${file#*/lib}"
    package=$(dpkg -S "*/$(basename "$(readlink -f "$file")")" 2>/dev/null | head -n 1 | cut -d : -f 1)
    [ -z "$package" ] || dpkg-query --status "$package" >"$carried/packages/$package"
  done
  for file in /etc/ssl/certs/ca-certificates.crt /usr/local/go/lib/time/zoneinfo.zip; do
    [ ! -f "$file" ] || keep "$file" "$file"
  done
  mv "$0" "$carried/carry-libraries.sh"
}

place() {
  cd "$carried/files"
  find . -type f | while read -r file; do
    [ ! -e "/$file" ] || continue
    mkdir -p "/${file%/*}"
    cp "$file" "/$file"
  done
  [ -f /var/lib/dpkg/status ] || return 0
  cd "$carried/packages"
  for package in *; do
    [ -f "$package" ] || continue
    grep -qx "Package: $package" /var/lib/dpkg/status || { echo && cat "$package"; } >>/var/lib/dpkg/status
  done
}

"$1"
