# Processes, locks and ports, for scripts/services.

# The unprivileged account of servers that root starts: PostgreSQL and RabbitMQ refuse to be root, and none needs to be.
account=nobody

own() {
  [ "$(id -u)" -ne 0 ] || chown -R "$account": "$1"
}

# Runs a command as that account, or as oneself.
as_account() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups -- "$@"
  else
    "$@"
  fi
}

# start_process NAME DIRECTORY command …: in a process group of its own, its number in NAME.pid, its output in `log`.
start_process() {
  local name=$1 directory=$2 runner=()
  shift 2
  if [ "$(id -u)" -eq 0 ]; then runner=(setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups --); fi
  (cd "$directory" && exec setsid "${runner[@]}" "$@" >>"$directory/log" 2>&1 </dev/null 8>&- 9>&-) &
  echo "$! $(started_at $!)" >"$directory/$name.pid"
}

# When a process began, in clock ticks since boot: with its number it names one process for ever (proc(5), field 22 of stat).
started_at() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  # A zombie has ended.
  [ "$1" != Z ] && echo "${20}"
}

is_running() {
  local pid began
  [ -e "$1" ] && read -r pid began <"$1" || return 1
  # One that ended before it was asked when it began has no such time.
  [ -n "$began" ] && [ "$(started_at "$pid")" = "$began" ]
}

# end_processes SIGNAL file …: signals the groups and waits; who has not ended after ten seconds is killed.
end_processes() {
  local signal=$1 file pid tries
  shift
  for file in "$@"; do
    [ -e "$file" ] && is_running "$file" || continue
    read -r pid _ <"$file"
    kill "-$signal" -- "-$pid" 2>/dev/null || true
    for ((tries = 0; tries < 200; tries++)); do
      is_running "$file" || break
      sleep 0.05
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
  done
  rm -f "$@"
}

# with_lock NAME command …: one at a time, in a shell of its own.
with_lock() {
  local name=$1
  shift
  (flock 9 && "$@") 9>"$state/locks/$name"
}

is_listening() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_for NAME DIRECTORY SECONDS command …: until the command succeeds; fails when the process ends before or time is up.
wait_for() {
  local name=$1 directory=$2 tries=$(($3 * 20))
  shift 3
  while [ $((tries--)) -gt 0 ]; do
    "$@" && return
    is_running "$directory/$name.pid" || return 1
    sleep 0.05
  done
  echo "It took too long." >>"$directory/log"
  return 1
}

# Below the range that the system gives to outgoing connections, so that none takes it between choosing and listening.
free_port() {
  local port
  while true; do
    port=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
    is_listening "$port" || break
  done
  echo "$port"
}

random_text() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}
