# shellcheck shell=bash
# What the scripts of the SLURM test cluster agree on.
slurm_home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$slurm_home/../space.sh"
slurm_dir=${PEL_SLURM_DIR:-/tmp/pel-slurm}
export PEL_SLURM_DIR=$slurm_dir SLURM_CONF=$slurm_dir/slurm.conf
slurm_limit=20  # seconds, until all nodes must be idle

# Sets spaces, the directory whose spaces are the nodes, on_hosts, whether they are namespace hosts, and nodes, their
# names.
slurm_read() {
  read -r on_hosts spaces 2>/dev/null <"$slurm_dir/place" || space_fail "no cluster in $slurm_dir: cluster/slurm/up"
  mapfile -t nodes <"$slurm_dir/nodes"
}

# NODE: starts its slurmd; on loopback, its space before that. In the rack.
slurm_start_node() {
  local node=$1
  if [ "$on_hosts" = no ]; then
    space_find "$spaces" "$node" && space_fail "$node runs"
    space_start "$spaces" "$node"
  fi
  rm -rf "$slurm_dir/tmp/$node/"spmix_appdir_*  # what a killed node left would fail its next MPI job
  mkdir -p "$slurm_dir/spool/$node" "$slurm_dir/tmp/$node"
  (space_exec "$spaces" "$node" slurmd -N "$node")
}
