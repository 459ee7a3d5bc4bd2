# S3: MinIO where it is, and Ceph elsewhere, which Debian has. Which one it became stays so until `down`.

# shellcheck source=scripts/services.d/ceph.sh
source "$here/services.d/ceph.sh"
# shellcheck source=scripts/services.d/minio.sh
source "$here/services.d/minio.sh"

choose_s3() {
  case "${DEPLOYGUARD_S3_SERVER:-}" in
    ceph | minio) echo "$DEPLOYGUARD_S3_SERVER" ;;
    '') if command -v minio >/dev/null; then echo minio; else echo ceph; fi ;;
    *)
      echo "DEPLOYGUARD_S3_SERVER is ceph or minio, and not \"$DEPLOYGUARD_S3_SERVER\"." >&2
      return 1
      ;;
  esac
}

create_s3() {
  local directory=$1 kind port access secret
  kind=$(choose_s3) || return 1
  port=$(free_port)
  access=$(random_text)
  secret=$(random_text)
  echo "$kind" >"$directory/kind"
  echo "$access $secret" >"$directory/keys"
  echo "$port" >"$directory/port"
  "create_$kind" "$directory" "$port" || return 1
  cat >"$directory/environment" <<TEXT
S3_ENDPOINT_URL=http://127.0.0.1:$port
S3_ACCESS_KEY=$access
S3_SECRET_KEY=$secret
S3_REGION=us-east-1
TEXT
}

start_s3() {
  "start_$(cat "$1/kind")" "$1"
}

kill_s3() {
  "kill_$(cat "$1/kind")" "$1"
}

stop_s3() {
  # Where nothing was made yet there is nothing to stop.
  [ ! -e "$1/kind" ] || "stop_$(cat "$1/kind")" "$1"
}

run_s3() {
  "run_$(cat "$1/kind")" "$@"
}
