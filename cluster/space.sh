# shellcheck shell=bash
# Spaces: what the test clusters take for machines. Sourced by their scripts; DIR is a cluster's directory.
#
# A space is a set of Linux namespaces (processes, mounts, host name, shared memory, and a network if asked for) and
# the first process in it, space_init. It ends when that process ends, and all that lives in it ends too: processes,
# mounts, interfaces. The outermost space of a cluster is its rack; the others stand in it, so that one SIGKILL leaves
# nothing of a cluster behind. The rack is also the login host "head": from there the others can be entered.
#
# DIR/space/NAME    process id in the rack, or the rack's own outside of it; its start time; its process namespace
# DIR/hosts         /etc/hosts of all spaces
# DIR/tmp/NAME      TMPDIR in a space, for the file system is shared
# DIR/log/NAME      what its first process had to say
# DIR/keeper        the process that takes the cluster down with its owner
space_home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
space_rack=head
space_limit=10  # seconds, until a space must stand or be gone

space_fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# DIR TOOL...: makes the directory of a cluster, if this is root and has the tools.
space_prepare() {
  local dir=$1 tool
  shift
  [ "$(id -u)" -eq 0 ] || space_fail "needs root: namespaces and mounts"
  for tool in unshare nsenter setpriv "$@"; do
    [ -n "$(command -v "$tool")" ] || space_fail "the program $tool is missing: scripts/setup --test installs it"
  done
  mkdir "$dir" 2>/dev/null || space_fail "$dir exists, or cannot be made; ${0%/*}/down takes an old cluster away"
  mkdir "$dir"/{space,tmp,log}
  cp /etc/hosts "$dir/hosts"
}

# DIR NAME: sets pid, started and namespace of a space, if it lives where this process can see it.
space_find() {
  local stat
  read -r pid started namespace 2>/dev/null <"$1/space/$2" || return 1
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 1
  stat=${stat##*) }  # what follows the name, which may hold anything
  set -- $stat
  [ "${20}" = "$started" ] && [ "$1" != Z ]
}

# DIR: whether this process runs in the cluster's rack.
space_inside() {
  local namespace=
  read -r _ _ namespace 2>/dev/null <"$1/space/$space_rack" || return 1
  [ "$namespace" = "$(readlink /proc/self/ns/pid)" ]
}

# DIR NAME [net]: starts a space and waits until it stands.
space_start() {
  local dir=$1 name=$2 network=${3:-} kinds=(--mount --uts --ipc --pid --fork --kill-child) deadline unshare
  [ "$network" != net ] || kinds+=(--net)
  mkdir -p "$dir/tmp/$name"
  rm -f "$dir/space/$name"
  setsid unshare "${kinds[@]}" "$space_home/space_init" "$dir" "$name" "$network" \
    </dev/null >>"$dir/log/$name" 2>&1 &
  unshare=$!
  disown "$unshare"
  deadline=$((SECONDS + space_limit))
  until [ -e "$dir/space/$name" ]; do
    if ! kill -0 "$unshare" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
      space_fail "$name did not start: $(<"$dir/log/$name")"
    fi
    sleep 0.02
  done
}

# DIR NAME COMMAND...: becomes a command in a space. It cannot be entered from its neighbours, only from the rack or
# from outside.
space_exec() {
  local dir=$1 name=$2 pid started namespace
  shift 2
  if [ "$name" != "$space_rack" ] && ! space_inside "$dir"; then
    space_exec "$dir" "$space_rack" setpriv --pdeathsig KILL bash -euc '. "$1/space.sh"; shift; space_exec "$@"' space \
      "$space_home" "$dir" "$name" "$@"
  fi
  if [ "$name" = "$space_rack" ] && space_inside "$dir"; then
    exec env TMPDIR="$dir/tmp/$name" "$@"
  fi
  space_find "$dir" "$name" || space_fail "there is no $name in $dir"
  exec nsenter --target "$pid" --mount --uts --ipc --pid --net --wdns="$PWD" -- env TMPDIR="$dir/tmp/$name" "$@"
}

# DIR [ARGUMENT...]: goes on in the rack: outside of it, becomes the same script there. Returns inside.
space_go_inside() {
  local dir=$1
  shift
  space_inside "$dir" || space_exec "$dir" "$space_rack" "$(readlink -f "$0")" "$@"
}

# DIR NAME: ends a space and all in it, and waits until it is gone.
space_stop() {
  local pid started namespace deadline=$((SECONDS + space_limit))
  if space_find "$1" "$2"; then
    kill -KILL "$pid"
    while space_find "$1" "$2"; do
      [ $SECONDS -lt $deadline ] || space_fail "$2 does not end"
      sleep 0.02
    done
  fi
  rm -f "$1/space/$2"  # the number may soon be a stranger's
}

# DIR DOWN PID: starts a process that runs DOWN when process PID has ended, whatever it died of.
space_keep() {
  local dir=$1 down=$2 owner=$3
  setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$2" --owner-gone' keeper "$owner" "$down" \
    </dev/null >"$dir/log/keeper" 2>&1 &
  echo $! >"$dir/keeper"
  disown
}

# DIR [--owner-gone]: takes the cluster away, whatever state it is in.
space_remove() {
  local dir=$1 keeper
  if [ "${2:-}" != --owner-gone ] && read -r keeper 2>/dev/null <"$dir/keeper"; then
    # Its number may have become a stranger's: look whether it still watches for us.
    ! grep -qz '^keeper$' "/proc/$keeper/cmdline" 2>/dev/null || kill -- "-$keeper" 2>/dev/null || true
  fi
  space_stop "$dir" "$space_rack"
  rm -rf --one-file-system "$dir"
}
