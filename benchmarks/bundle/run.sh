#!/bin/sh
# Times ottava on this machine and writes the figures, with the CPU's name, to a JSON file in the current folder:
#
#   ./run.sh [option of ottava_bench...]             ./run.sh --help lists them
#   LAUNCHER='taskset 10' ./run.sh                   the same on one CPU (here number 4), to choose a big or a little core
#   RESULT=pi4.json SHAPES=networks ./run.sh         another file; another list of shapes than arm, from shapes/
#
# Everything it needs is in this folder, the C library and its loader too.
set -e
here=$(cd "$(dirname "$0")" && pwd)
result=${RESULT:-ottava-bench.json}
run() {
  # Words apart on purpose: a launcher has options.
  # shellcheck disable=SC2086
  ${LAUNCHER:-} "$here/lib/ld-linux-aarch64.so.1" --library-path "$here/lib" "$here/ottava_bench" "$@"
}
case " $* " in
  *' --help '*) run --help; exit ;;
esac
run --shapes="$here/shapes/${SHAPES:-arm}.txt" --benchmark_out="$result" --benchmark_out_format=json "$@"
echo "wrote $result, of $(sed -n 's/^ *"cpu": "\(.*\)",*$/\1/p' "$result")"
