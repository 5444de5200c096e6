#!/bin/sh
# Runs a program of the simulator: built JavaScript where there is some, else the sources through tsx.
#   launch.sh nvidia-smi ARGS...      launch.sh mps-control ARGS...
set -eu
program=$1
shift
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$folder/../.." && pwd)
case $program in
  nvidia-smi | mps-control) ;;
  *)
    echo "launch.sh: unknown program $program; write nvidia-smi or mps-control" >&2
    exit 2
    ;;
esac
built=$root/dist/agent/simulator/$program/bin.js
if [ -f "$built" ]; then exec node "$built" "$@"; fi
exec node --import "file://$root/node_modules/tsx/dist/loader.mjs" "$folder/$program/bin.ts" "$@"
