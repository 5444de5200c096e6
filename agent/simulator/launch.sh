#!/bin/sh
# Runs a program of the simulator: built JavaScript where there is some, else the sources through tsx.
#   launch.sh nvidia-smi ARGS...   launch.sh dcgmi ARGS...   launch.sh mps-control ARGS...
# TANGRAM_SIM_SOURCE=1 takes the sources although something was built.
set -eu
program=$1
shift
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$folder/../.." && pwd)
case $program in
  nvidia-smi | dcgmi | mps-control) ;;
  *)
    echo "launch.sh: unknown program $program; write nvidia-smi, dcgmi or mps-control" >&2
    exit 2
    ;;
esac
built=$root/dist/agent/simulator/$program/bin.js
if [ -f "$built" ] && [ -z "${TANGRAM_SIM_SOURCE:-}" ]; then exec node "$built" "$@"; fi
exec node --import "file://$root/node_modules/tsx/dist/loader.mjs" "$folder/$program/bin.ts" "$@"
