# Talking to the API, for scripts/walk: each call is printed, and each answer is held against the OpenAPI document of the service itself.

step_number=0 step_name= call_number=0
status= answer= location=

step() {
  step_name=$1
  step_number=$((step_number + 1))
  printf '%2d. %s\n' "$step_number" "$step_name"
}

say() {
  [ -n "$quiet" ] || printf '    %s\n' "$*"
}

fail() {
  failure=$*
  exit 1
}

# On the way out, whatever went wrong.
complain() {
  echo >&2
  echo "Step $step_number ($step_name) failed${failure:+: $failure}" >&2
  if [ -s "$answer" ]; then echo "The last answer ($status): $(head -c 1000 "$answer")" >&2; fi
  tail -n 5 "$walk"/*.log 2>/dev/null | cut -c 1-400 >&2 || true
}

# call EXPECTED_STATUS METHOD PATH [curl option …]: leaves the answer in the file $answer.
call() {
  local expected=$1 method=$2 path=$3 head type difference
  shift 3
  call_number=$((call_number + 1))
  answer=$walk/answers/$call_number
  say "$method $path"
  head=$(curl --silent --show-error --max-time 120 --config "$caller" --request "$method" "$@" --output "$answer" \
    --write-out '%{http_code} %{content_type}\n%{redirect_url}' "$url$path") || fail "$method $path was not answered"
  read -r status type <<<"$head"
  location=${head#*$'\n'}
  touch "$answer"
  [ "$status" = "$expected" ] || fail "$method $path answered $status, not $expected"
  difference=$(ask check "$method" "${path%%\?*}" "$status" "${type%%;*}" "$answer")
  [ "$difference" = ok ] || fail "$method $path: $difference"
  [ ! -s "$answer" ] || say "  $status $(head -c 160 "$answer" | tr '\n' ' ')"
}

# send EXPECTED_STATUS METHOD PATH JSON [curl option …]
send() {
  local body=$4
  say "  $body"
  call "$1" "$2" "$3" --header 'Content-Type: application/json' --data "$body" "${@:5}"
}

# The answer's value of a JavaScript expression: `it` is the answer.
value() {
  ask read "$answer" "$1"
}

# expect WHAT ACTUAL EXPECTED
expect() {
  [ "$2" = "$3" ] || fail "$1 should be $3 and is $2"
}

start_asking() {
  coproc answers { exec node "$root/scripts/walk.d/answers.ts" "$walk/openapi.json" 2>>"$walk/answers.log"; }
  # Pipelines cannot use those of a coprocess.
  exec {questions}>&"${answers[1]}" {replies}<&"${answers[0]}"
}

ask() {
  local line
  printf '%s\n' "$*" >&"$questions"
  IFS= read -r line <&"$replies" || line='the reader of answers ended'
  printf '%s\n' "$line"
}

# follow JOB WANTED_STATE: reads the job's events until it is in that state, from where it read last; after a broken connection from there on.
declare -A heard=()
follow() {
  local job=$1 wanted=$2 stream state deadline=$((SECONDS + 300))
  say "GET /api/v2/jobs/$job/events"
  while [ "$SECONDS" -lt "$deadline" ]; do
    exec {stream}< <(exec curl --silent --no-buffer --max-time 290 --config "$caller" \
      --header "Last-Event-ID: ${heard[$job]:-0}" "$url/api/v2/jobs/$job/events")
    listener=$!
    state=$(read_events "$job" "$wanted" <&"$stream")
    kill "$listener" 2>/dev/null || true
    exec {stream}<&-
    heard[$job]=${state%% *}
    state=${state#* }
    case "$state" in
      "$wanted") return ;;
      '') sleep 0.2 ;;
      *) fail "the job is $state, not $wanted: $(cat "$walk/event")" ;;
    esac
  done
  fail "the job was not $wanted after five minutes"
}

# Prints the last sequence and, when it is one to stop at, the state.
read_events() {
  local job=$1 wanted=$2 line sequence=${heard[$1]:-0} next state= difference
  while IFS= read -r line; do
    case "$line" in data:*) line=${line#data: } ;; *) continue ;; esac
    printf '%s' "$line" >"$walk/event"
    difference=$(ask event "$walk/event")
    [ "$difference" = ok ] || { state="told wrongly ($difference)"; break; }
    next=$(ask read "$walk/event" it.sequence)
    [ "$next" -eq $((sequence + 1)) ] || { state="told with a gap: $next after $sequence"; break; }
    sequence=$next
    say "  $(ask read "$walk/event" "it.sequence + ' ' + it.kind + ' ' + JSON.stringify(it.data)")" >&2
    state=$(ask read "$walk/event" "it.kind === 'state' && ['$wanted', 'failed', 'cancelled', 'expired'].includes(it.data.status) ? it.data.status : it.kind === 'state' && it.data.error ? it.data.status + ' again' : ''")
    [ -z "$state" ] || break
  done
  printf '%s %s\n' "$sequence" "$state"
}
