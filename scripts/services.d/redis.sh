# Redis, with every write on disk before it is confirmed to whoever waits for it.

create_redis() {
  local directory=$1 port password
  port=$(free_port)
  password=$(random_text)
  mkdir "$directory/data"
  cat >"$directory/redis.conf" <<TEXT
bind 127.0.0.1
port $port
requirepass $password
dir $directory/data
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
TEXT
  echo "$password" >"$directory/password"
  echo "$port" >"$directory/port"
  echo "REDIS_URL=redis://:$password@127.0.0.1:$port/0" >"$directory/environment"
}

start_redis() {
  start_process redis "$1" redis-server "$1/redis.conf"
  wait_for redis "$1" 20 is_redis_ready "$1"
}

is_redis_ready() {
  [ "$(run_redis "$1" redis-cli ping 2>/dev/null)" = PONG ]
}

stop_redis() {
  end_processes TERM "$1/redis.pid"
}

run_redis() {
  local directory=$1 program=$2
  shift 2
  REDISCLI_AUTH=$(cat "$directory/password") "$program" -h 127.0.0.1 -p "$(cat "$directory/port")" "$@"
}
