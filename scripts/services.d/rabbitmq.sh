# RabbitMQ: own node name, cookie, data, and own port mapper, so that it meets no other node of the machine.

create_rabbitmq() {
  local directory=$1 port password timeout=${RABBITMQ_CONSUMER_TIMEOUT_MILLISECONDS:-7200000}
  port=$(free_port)
  password=$(random_text)
  mkdir "$directory/home"
  random_text >"$directory/home/.erlang.cookie"
  chmod 400 "$directory/home/.erlang.cookie"
  cat >"$directory/rabbitmq.conf" <<TEXT
listeners.tcp.1 = 127.0.0.1:$port
default_user = deployguard
default_pass = $password
consumer_timeout = $timeout
log.file = false
log.console = true
log.console.level = warning
TEXT
  # Timeouts are looked for once a minute: too seldom for one that is shorter.
  if [ "$timeout" -lt 60000 ]; then
    echo '[{rabbit, [{channel_tick_interval, 2000}]}].' >"$directory/advanced.config"
  else
    echo '[].' >"$directory/advanced.config"
  fi
  echo '[].' >"$directory/plugins"
  cat >"$directory/node.env" <<TEXT
HOME=$directory/home
ERL_EPMD_ADDRESS=127.0.0.1
ERL_EPMD_PORT=$(free_port)
RABBITMQ_NODENAME=deployguard-$port@localhost
RABBITMQ_DIST_PORT=$(free_port)
RABBITMQ_CONF_ENV_FILE=/dev/null
RABBITMQ_CONFIG_FILE=$directory/rabbitmq.conf
RABBITMQ_ADVANCED_CONFIG_FILE=$directory/advanced.config
RABBITMQ_ENABLED_PLUGINS_FILE=$directory/plugins
RABBITMQ_MNESIA_BASE=$directory/data
RABBITMQ_LOG_BASE=$directory/logs
RABBITMQ_PID_FILE=$directory/node.number
RABBITMQ_GENERATED_CONFIG_DIR=$directory/generated
TEXT
  echo "$port" >"$directory/port"
  echo "RABBITMQ_URL=amqp://deployguard:$password@127.0.0.1:$port/" >"$directory/environment"
}

start_rabbitmq() {
  local directory=$1 epmd
  epmd=$(sed -n 's/^ERL_EPMD_PORT=//p' "$directory/node.env")
  if ! { [ -e "$directory/epmd.pid" ] && is_running "$directory/epmd.pid"; }; then
    start_process epmd "$directory" env ERL_EPMD_ADDRESS=127.0.0.1 "$(find_erlang_program epmd)" -port "$epmd"
    wait_for epmd "$directory" 10 is_listening "$epmd" || return 1
  fi
  # Busy waiting of idle schedulers would take the processor from the tests.
  # shellcheck disable=SC2046
  start_process rabbitmq "$directory" env -i PATH="$PATH" LANG=C.UTF-8 $(cat "$directory/node.env") \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}' \
    "$(find_rabbitmq_program rabbitmq-server)"
  wait_for rabbitmq "$directory" 60 is_listening "$(cat "$directory/port")"
}

# A crash of the node leaves the port mapper alone: it is another program.
kill_rabbitmq() {
  end_processes KILL "$1/rabbitmq.pid"
}

stop_rabbitmq() {
  end_processes TERM "$1/rabbitmq.pid" "$1/epmd.pid"
}

run_rabbitmq() {
  local directory=$1 program
  program=$(find_rabbitmq_program "$2")
  shift 2
  # shellcheck disable=SC2046
  as_account env -i PATH="$PATH" LANG=C.UTF-8 $(cat "$directory/node.env") "$program" "$@"
}

# Debian's wrappers in /usr/sbin insist on its own account.
find_rabbitmq_program() {
  if [ -x "/usr/lib/rabbitmq/bin/$1" ]; then echo "/usr/lib/rabbitmq/bin/$1"; else command -v "$1"; fi
}

find_erlang_program() {
  command -v "$1" || printf '%s\n' /usr/lib/erlang/erts-*/bin/"$1" | sort -V | tail -n 1
}
