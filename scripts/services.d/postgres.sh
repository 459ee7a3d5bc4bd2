# PostgreSQL, the newest version that is installed.

find_postgres() {
  local program
  program=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
  [ -x "$program" ] || program=$(command -v postgres) || return 1
  dirname "$(readlink -f "$program")"
}

create_postgres() {
  local directory=$1 binaries port password
  binaries=$(find_postgres)
  port=$(free_port)
  password=$(random_text)
  echo "$password" >"$directory/password"
  own "$directory/password"
  as_account "$binaries/initdb" --pgdata="$directory/data" --username=deployguard --pwfile="$directory/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >>"$directory/log" 2>&1 || return 1
  # Only a loss of power could tell the difference, and its data would be thrown away then.
  cat >>"$directory/data/postgresql.conf" <<TEXT
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$directory'
max_connections = 300
shared_buffers = 64MB
fsync = off
TEXT
  echo "$port" >"$directory/port"
  echo "DATABASE_URL=postgresql://deployguard:$password@127.0.0.1:$port/deployguard" >"$directory/environment"
}

start_postgres() {
  local directory=$1 binaries
  binaries=$(find_postgres)
  # Left by a crash; the number in them may be another program's by now.
  rm -f "$directory/data/postmaster.pid" "$directory"/.s.PGSQL.*
  start_process postgres "$directory" "$binaries/postgres" -D "$directory/data"
  wait_for postgres "$directory" 30 is_postgres_ready "$directory" || return 1
  [ -e "$directory/database" ] && return
  run_postgres "$directory" createdb deployguard && touch "$directory/database"
}

is_postgres_ready() {
  run_postgres "$1" pg_isready --quiet
}

# SIGINT to the first process alone ends all of them, without waiting for clients (postgres(1)).
stop_postgres() {
  local pid
  [ -e "$1/postgres.pid" ] && is_running "$1/postgres.pid" || return 0
  read -r pid _ <"$1/postgres.pid"
  kill -INT "$pid"
  for _ in {1..200}; do
    is_running "$1/postgres.pid" || return 0
    sleep 0.05
  done
  end_processes KILL "$1/postgres.pid"
}

# Each of its processes leads a group of its own.
kill_postgres() {
  local parent pids
  [ -e "$1/postgres.pid" ] && is_running "$1/postgres.pid" || return 0
  read -r parent _ <"$1/postgres.pid"
  pids=$(pgrep -P "$parent") || true
  # shellcheck disable=SC2086
  kill -KILL "$parent" $pids 2>/dev/null || true
  for pid in $parent $pids; do
    while started_at "$pid" >/dev/null; do sleep 0.02; done
  done
  rm -f "$1/postgres.pid"
}

run_postgres() {
  local directory=$1
  shift
  PGHOST=127.0.0.1 PGPORT=$(cat "$directory/port") PGUSER=deployguard PGPASSWORD=$(cat "$directory/password") \
    PATH=$(find_postgres):$PATH "$@"
}
