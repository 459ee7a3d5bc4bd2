# S3 by MinIO on one directory: for s3.sh.

create_minio() {
  local access secret
  read -r access secret <"$1/keys"
  mkdir "$1/data"
  # A file, as other accounts may read arguments.
  cat >"$1/minio.env" <<TEXT
MINIO_ROOT_USER=$access
MINIO_ROOT_PASSWORD=$secret
MINIO_BROWSER=off
MINIO_UPDATE=off
TEXT
}

start_minio() {
  start_process minio "$1" env -i PATH="$PATH" HOME="$1" MINIO_CONFIG_ENV_FILE="$1/minio.env" \
    minio server --quiet --address "127.0.0.1:$(cat "$1/port")" "$1/data"
  wait_for minio "$1" 60 is_minio_ready "$1"
}

is_minio_ready() {
  local address answer
  address=127.0.0.1:$(cat "$1/port")
  {
    answer=$(exec 3<>"/dev/tcp/${address/://}" &&
      printf 'GET /minio/health/ready HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$address" >&3 && head -n 1 <&3)
  } 2>/dev/null
  case "$answer" in *' 200 '*) ;; *) return 1 ;; esac
}

kill_minio() {
  end_processes KILL "$1/minio.pid"
}

stop_minio() {
  end_processes TERM "$1/minio.pid"
}

# Its client finds it under the name `local`.
run_minio() {
  local directory=$1 access secret
  shift
  read -r access secret <"$directory/keys"
  MC_HOST_local="http://$access:$secret@127.0.0.1:$(cat "$directory/port")" as_account "$@"
}
