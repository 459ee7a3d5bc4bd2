# S3 by the gateway of Ceph over a store that lives in memory, on one node: for s3.sh.

create_ceph() {
  local directory=$1 port=$2 monitor fsid
  monitor=$(free_port)
  fsid=$(cat /proc/sys/kernel/random/uuid)
  cat >"$directory/ceph.conf" <<TEXT
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$monitor
mon initial members = a
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
ms bind msgr2 = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd objectstore = memstore
# It would tell its place and kind at its start, and end for ever when that is refused (see ask_ceph).
osd crush update on start = false
osd class update on start = false
memstore device bytes = 4294967296
paxos propose interval = 0.05
paxos min wait = 0.01
mon osd min down reporters = 100
# It would end at once where less of a disk is free, however large that is.
mon data avail crit = 0
mon data avail warn = 0
run dir = $directory
admin socket = $directory/\$name.asok
log file = $directory/log
mon cluster log file = $directory/log
crash dir = $directory
mon data = $directory/mon
osd data = $directory/osd
mgr data = $directory/mgr
rgw data = $directory/rgw
keyring = $directory/keyring
debug default = 0
err to stderr = true

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw lc debug interval = 10
rgw enable usage log = false
rgw thread pool size = 64
TEXT
  : >"$directory/keyring"
  mkdir "$directory/mon" "$directory/osd" "$directory/rgw"
  as_ceph "$directory" monmaptool --create --addv a "[v1:127.0.0.1:$monitor]" --fsid "$fsid" "$directory/mon.map" || return 1
  own "$directory"
  as_ceph "$directory" ceph-mon --mkfs -i a --monmap "$directory/mon.map" || return 1
}

start_ceph() {
  local directory=$1 configuration=(-c "$1/ceph.conf") osd
  if ! is_store_running "$directory"; then
    if [ -e "$directory/mon.pid" ]; then
      echo 'The store has ended, and what was in its memory with it. Once more starts an empty one.' >>"$directory/log"
      rm -f "$directory/complete"
      return 1
    fi
    osd=$(cat /proc/sys/kernel/random/uuid)
    start_process mon "$directory" ceph-mon -f "${configuration[@]}" -i a
    ask_ceph "$directory" ceph osd new "$osd" 0 || return 1
    ask_ceph "$directory" ceph osd crush add osd.0 1.0 root=default || return 1
    as_ceph "$directory" ceph-osd -i 0 --mkfs --osd-uuid "$osd" || return 1
    start_process osd "$directory" ceph-osd -f "${configuration[@]}" -i 0
    # shellcheck disable=SC2046
    ask_ceph "$directory" radosgw-admin -n client.rgw user create --uid test --display-name test \
      $(sed 's/\(.*\) \(.*\)/--access-key \1 --secret-key \2/' "$directory/keys") || return 1
  fi
  start_process gateway "$directory" radosgw -f "${configuration[@]}" -n client.rgw
  wait_for gateway "$directory" 60 is_listening "$(cat "$directory/port")"
}

is_store_running() {
  is_running "$1/mon.pid" && is_running "$1/osd.pid"
}

# Clients of Ceph 16 now and then ask before they have learnt the name of the cluster, and are refused for a wrong one: then once more. Who gets
# no answer at all gets none later.
ask_ceph() {
  local tries outcome
  for tries in 1 2 3 4 5; do
    as_ceph "$@" && return
    outcome=$?
    [ "$outcome" -ne 124 ] || break
    sleep 0.2
  done
  return 1
}

as_ceph() {
  local directory=$1 program=$2
  shift 2
  as_account timeout 20 "$program" -c "$directory/ceph.conf" "$@" >>"$directory/log" 2>&1
}

# The gateway alone: what is stored is in the memory of the store.
kill_ceph() {
  end_processes KILL "$1/gateway.pid"
}

# Its orderly end waits five seconds for threads that have nothing to finish.
stop_ceph() {
  kill_ceph "$1"
}

run_ceph() {
  local directory=$1 program=$2
  shift 2
  as_account "$program" -c "$directory/ceph.conf" "$@"
}
