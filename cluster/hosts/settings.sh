# shellcheck shell=bash
# What the scripts of the namespace hosts agree on.
hosts_home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$hosts_home/../space.sh"
hosts_dir=${PEL_HOSTS_DIR:-/tmp/pel-hosts}
export PEL_HOSTS_DIR=$hosts_dir
hosts_net=10.88.0  # in a network namespace of its own: no clash with the machine's, or another cluster's
hosts_head=254

# HOST: stops the script unless this is h1, h2, ...; head is no host that could be harmed.
hosts_check() {
  [[ $1 =~ ^h[1-9][0-9]*$ ]] || space_fail "no host: $1 (h1, h2, ...)"
}

# HOST: starts a host and plugs it in. In the rack.
hosts_boot() {
  local host=$1 pid started namespace rate
  space_start "$hosts_dir" "$host" net
  space_find "$hosts_dir" "$host" || space_fail "$host ended at once"
  ip link delete "$host" 2>/dev/null || true  # the cable of a host that was killed a moment ago
  # A host that is booted again keeps its hardware address: the others remember it.
  ip link add name "$host" type veth peer name eth0 address "$(printf '02:50:45:4c:00:%02x' "${host#h}")" netns "$pid"
  hosts_plug "$host"
  hosts_in "$pid" ip address add "$hosts_net.${host#h}/24" dev eth0
  hosts_in "$pid" ip link set eth0 up
  rate=$(<"$hosts_dir/rate")
  if [ "$rate" != none ]; then
    tc qdisc add dev "$host" root tbf rate "$rate" burst 128kb latency 50ms
    hosts_in "$pid" tc qdisc add dev eth0 root tbf rate "$rate" burst 128kb latency 50ms
  fi
}

# HOST: puts its cable into the switch. head forgets what it knew of the host, which may be that nobody is there.
hosts_plug() {
  ip link set "$1" master switch up
  ip neighbour flush to "$hosts_net.${1#h}"
}

# PID COMMAND...: in the network of a process.
hosts_in() {
  nsenter --target "$1" --net -- "${@:2}"
}
