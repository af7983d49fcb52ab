# shellcheck shell=bash
# Part of `dev`: the stage `firmware` of `test`, and the verb of that name. The build `release` packs for the images.

firmware_cores=(m0plus m4 m55 aarch64)

firmware_packages() { echo gcc-arm-none-eabi g++-aarch64-linux-gnu qemu-system-arm python3; }

firmware_pack() { # in the native build
  configure release release && cmake --build "$build/release" -j "$jobs" --target firmware_data
}

# The commands of docs/firmware.md, from the packing to a running image; with them the native build packs for all images.
firmware_document() {
  configure release release || return
  rm -rf "$build/firmware-m4" "$build"/release/examples/firmware/*/checksums.txt
  make_folder "$build/firmware-m4"
  /usr/bin/python3 "$project/tests/firmware/images.py" document "$build"
}

firmware_stage() {
  local core tiers=$tier_list start=$SECONDS
  if quietly "$logs/firmware-document.log" firmware_document; then
    passed=$((passed + 1))
    line 'firmware: docs/firmware.md' "its commands run, $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    line 'firmware: docs/firmware.md' "FAILED, $((SECONDS - start)) s"
  fi
  for core in "${firmware_cores[@]}"; do
    build_stage "firmware $core" "firmware-$core" "firmware-$core"
    test_stage "firmware $core" "firmware-$core" ''
  done
  tier_list=$tiers # these builds have no list of their own
}

firmware() {
  local core verb=show builds=()
  case ${1:-} in
    '') ;;
    --write) verb=write ;;
    *) die "firmware: unknown option $1" ;;
  esac
  # shellcheck disable=SC2046
  need $(base_packages) $(preset_packages release) $(firmware_packages)
  open_build
  quietly "$logs/firmware-pack.log" firmware_pack || die 'the build failed'
  for core in "${firmware_cores[@]}"; do
    quietly "$logs/firmware-$core-build.log" compile "firmware-$core" "firmware-$core" || die "the build for $core failed"
    builds+=("$build/firmware-$core")
  done
  /usr/bin/python3 "$project/tests/firmware/images.py" "$verb" "${builds[@]}"
}
