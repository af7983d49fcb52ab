#!/bin/sh
# run.sh <board> <program> [part of the names of test cases]: runs the sweeps on QEMU's board. The settings of tests in the
# environment go along as arguments; of what takes long on an emulated core, a sample.
set -eu
board=$1 program=$2 arguments=enable=on,target=native,arg=sweep
: "${OTTAVA_TEST_SAMPLE:=8192}"
for name in OTTAVA_TEST_SAMPLE OTTAVA_TEST_SEED OTTAVA_TEST_REPORT_FILE OTTAVA_TEST_TIERS_FILE; do
  eval "value=\${$name:-}"
  [ -z "$value" ] || arguments=$arguments,arg=$name=$value
done
[ -z "${3:-}" ] || arguments=$arguments,arg=$3
emulator=qemu-system-arm
[ "$board" != virt ] || emulator='qemu-system-aarch64 -cpu cortex-a53 -m 256 -nic none'
# shellcheck disable=SC2086 # words
exec $emulator -M "$board" -display none -monitor none -serial none -semihosting-config "$arguments" -kernel "$program"
