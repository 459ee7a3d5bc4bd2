# Starting the service, for scripts/walk: in one process, or in three over real servers that scripts/services starts.

url= gateway_proof= space=walk-$$-$RANDOM
declare -A service_processes=()

start_service() {
  caller=$walk/user123
  gateway_proof=$(openssl rand -hex 24)
  case "$mode" in
    embedded) start_embedded ;;
    *) start_distributed ;;
  esac
  printf 'header = "X-User-ID: user123"\n' >"$caller"
  [ "$mode" = embedded ] || printf 'header = "X-Gateway-Proof: %s"\n' "$gateway_proof" >>"$caller"
  chmod 600 "$caller"
  curl --silent --fail "$url/openapi.json" --output "$walk/openapi.json" || fail "$url/openapi.json cannot be had"
  start_asking
  say "$url"
}

# What is the same in every form: whom it may reach, whom it trusts, who keeps the credentials.
write_settings() {
  cat >"$walk/config.yaml" <<TEXT
dataDirectory: $walk/data
http:
  port: 0
egress:
  allow: [localhost]
  caFile: $walk/authority.pem
auth:
  serviceUrl: $auth_service_url
  serviceToken: $auth_service_token
$1
TEXT
  chmod 600 "$walk/config.yaml"
}

start_embedded() {
  write_settings ''
  start_part serve npm start --silent -- --config "$walk/config.yaml"
  wait_until_ready serve
}

start_distributed() {
  local line broker=rabbitmq DATABASE_URL= RABBITMQ_URL= REDIS_URL= S3_ENDPOINT_URL= S3_ACCESS_KEY= S3_SECRET_KEY= S3_REGION=
  [ "$mode" = amqp ] || broker=redis
  say "scripts/services up postgres $broker s3"
  while IFS= read -r line; do printf -v "${line%%=*}" '%s' "${line#*=}"; done < <("$root/scripts/services" up --for $$ postgres "$broker" s3)
  [ -n "$S3_ENDPOINT_URL" ] || fail 'scripts/services could not start them'
  create_logins
  create_queue_space
  node "$root/apps/cli/bin/deployguard.mjs" keyring create "$walk/keyring.json" >>"$walk/keyring.log" 2>&1
  write_settings "  gatewayProofs: [$gateway_proof]
  apiKeys: true
keyring:
  file: $walk/keyring.json
database:
  url: $application_url
  migrationUrl: $owner_url
broker:
  url: $broker_url
storage:
  endpointUrl: $S3_ENDPOINT_URL
  bucket: $space
  accessKey: $S3_ACCESS_KEY
  secretKey: $S3_SECRET_KEY
  region: $S3_REGION"
  for part in api worker scheduler; do
    start_part "$part" node "$root/apps/cli/bin/deployguard.mjs" "$part" --config "$walk/config.yaml"
  done
  wait_until_ready api
  for part in worker scheduler; do wait_for "$part" '"msg":"started"'; done
}

# As docs/database.md says: one login owns the tables, the other is the application's.
create_logins() {
  local name=walk_$(openssl rand -hex 6) password address
  password=$(openssl rand -hex 16)
  "$root/scripts/services" run postgres psql --quiet --set ON_ERROR_STOP=1 --dbname postgres >>"$walk/psql.log" 2>&1 <<TEXT
create role ${name}_owner login password '$password';
create role ${name}_app login password '$password';
create database $name owner ${name}_owner;
TEXT
  address=${DATABASE_URL#*@}
  owner_url=postgresql://${name}_owner:$password@${address%/*}/$name
  application_url=postgresql://${name}_app:$password@${address%/*}/$name
}

# Others may use the same servers at the same time.
create_queue_space() {
  if [ "$mode" = redis ]; then
    broker_url=${REDIS_URL%/*}/$((RANDOM % 15 + 1))
    return
  fi
  local user=${RABBITMQ_URL#amqp://}
  "$root/scripts/services" run rabbitmq rabbitmqctl --quiet add_vhost "$space" >>"$walk/rabbitmq.log" 2>&1
  "$root/scripts/services" run rabbitmq rabbitmqctl --quiet set_permissions --vhost "$space" "${user%%:*}" '.*' '.*' '.*' >>"$walk/rabbitmq.log" 2>&1
  broker_url=${RABBITMQ_URL%/}/$space
}

# A group of its own: Ctrl-C at the terminal is for us, and we end it.
start_part() {
  local name=$1
  shift
  say "${*//$root\//}"
  (cd "$root" && exec setsid env --ignore-environment PATH="$PATH" HOME="$HOME" "$@" >"$walk/$name.log" 2>"$walk/$name.told" </dev/null) &
  service_processes[$name]=$!
}

wait_until_ready() {
  wait_for "$1" 'is ready: '
  url=$(sed -n 's/^DeployGuard is ready: \([^ ]*\) .*/\1/p' "$walk/$1.told")
}

wait_for() {
  local process=${service_processes[$1]} deadline=$((SECONDS + 180))
  until grep -qs -- "$2" "$walk/$1.told" "$walk/$1.log"; do
    kill -0 "$process" 2>/dev/null || fail "$1 ended: $(cat "$walk/$1.told")"
    [ "$SECONDS" -lt "$deadline" ] || fail "$1 was not ready after three minutes"
    sleep 0.1
  done
}

stop_service() {
  local process
  for process in "${service_processes[@]}"; do kill -TERM -- "-$process" 2>/dev/null || true; done
  for process in "${service_processes[@]}"; do wait "$process" 2>/dev/null || true; done
}
