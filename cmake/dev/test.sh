# shellcheck shell=bash
# Part of `dev`: the verb `test`, its stages, and what is told of the tiers.

passed=0
failed=0
declare -A exercised=() # tier -> the runs that exercised it
declare -A missed=()    # tier -> the runs that promised it and did not
tier_list=''            # a file: each tier of the library, its architecture and the CPU flags that it wants, on a line
promised='' # the tiers that the last test_stage promised
every_stage=(native firmware plugins sanitizers fuzz threads aarch64 armv7 rust x86-qemu) # of `test`

# Whether the kernel gives the tiles of AMX to a process that asks (arch_prctl, ARCH_REQ_XCOMP_PERM); a sandbox may not.
tiles_granted() {
  python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(158, 0x1023, 18) != 0)'
}

# The architecture and the flags of this CPU, by /proc/cpuinfo and not by what the library detects, which is under test.
this_cpu() {
  local architecture flags
  case $(uname -m) in
    x86_64) architecture=x86_64 ;;
    aarch64) architecture=arm64 ;;
    arm*) architecture=arm32 ;;
    *) architecture=other ;;
  esac
  flags=$(grep -m1 -E '^(flags|Features)' /proc/cpuinfo | cut -d: -f2)
  [[ $flags != *amx_tile* ]] || tiles_granted || flags=${flags//amx_tile/}
  echo "$architecture $flags"
}

# promised_tiers <architecture> <flag>...: those that a CPU with these flags must be able to run.
promised_tiers() {
  local here=$1 tier architecture wants flag
  shift
  while read -r tier architecture wants; do
    [[ $architecture == portable || $architecture == "$here" ]] || continue
    for flag in $wants; do
      [[ " $* " == *" $flag "* ]] || continue 2
    done
    echo "$tier"
  done <"$tier_list"
}

# The tiers of the list that this CPU cannot run, as CMake's list. Where nothing is built yet there is no list: none then.
# To instrument their kernels would be the longest part of a build with sanitizers; that of threads leaves them out.
idle_tiers() {
  local promised
  [[ -n $tier_list ]] || return 0
  # shellcheck disable=SC2046 # words
  promised=$(promised_tiers $(this_cpu))
  cut -d' ' -f1 "$tier_list" | grep -vxF "$promised" | paste -sd';' || true
}

line() { printf '%-28s %s\n' "$@"; } # line <stage> <result>

build_stage() { # build_stage <title> <folder> <preset> [CMake option...]
  local title="$1: build" folder=$2 start=$SECONDS
  shift
  rm -f "$build/$folder/.built"
  if quietly "$logs/$folder-build.log" compile "$@"; then
    touch "$build/$folder/.built"
    tier_list=$build/$folder/tests/tiers.txt
    line "$title" "ok, $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    line "$title" "FAILED, $((SECONDS - start)) s"
  fi
}

# test_stage <title> <folder> <CPU: architecture and flags; none: nothing is promised> [ctest option...]: sets `promised`.
test_stage() {
  local title=$1 folder=$build/$2 cpu=$3 start=$SECONDS log tiers sweeps good=0 bad=0 skipped=0 note='' tier
  shift 3
  promised=''
  log=$logs/${title//[^a-z0-9]/-}.log
  tiers=${log%.log}.tiers
  sweeps=${log%.log}.sweeps
  rm -f "$tiers" "$sweeps"
  touch "$tiers" "$sweeps"
  if [[ -e $folder/.built ]]; then
    # shellcheck disable=SC2086 # words
    [[ -z $cpu ]] || promised=$(promised_tiers $cpu | tr '\n' ' ')
    OTTAVA_TEST_TIERS_FILE=$tiers OTTAVA_TEST_REPORT_FILE=$sweeps OTTAVA_TEST_PROMISED=$promised "${launcher[@]}" \
      ctest --test-dir "$folder" -j "$jobs" --output-on-failure --no-tests=error "$@" >"$log" 2>&1 || bad=1
    if [[ $(grep 'tests passed, ' "$log") =~ ([0-9]+)\ tests?\ failed\ out\ of\ ([0-9]+) ]]; then
      bad=${BASH_REMATCH[1]}
      skipped=$(grep -cE '^\s+[0-9]+ - .* \(Skipped\)$' "$log" || true)
      good=$((BASH_REMATCH[2] - bad - skipped))
    fi
    ((skipped == 0)) || note=", $skipped skipped"
    ((bad == 0)) || grep -vE '^ +Start +[0-9]+: | Passed +[0-9.]+ sec$' "$log" || true
  else
    note=', not built'
  fi
  [[ -z $cpu || -n $promised || ! -e $folder/.built ]] || { bad=$((bad + 1)) && note+=', NO TIER PROMISED'; }
  # What the promise is worth is told by the tests that ran, not by those that could have.
  for tier in $promised; do
    if grep -qxF "$tier" "$tiers"; then
      good=$((good + 1))
    else
      bad=$((bad + 1))
      note+=", $tier NOT EXERCISED"
      missed[$tier]+="${missed[$tier]:+, }$title"
    fi
  done
  while read -r tier; do
    exercised[$tier]+="${exercised[$tier]:+, }$title"
  done < <(sort -u "$tiers")
  passed=$((passed + good))
  failed=$((failed + bad))
  line "$title" "$good passed, $bad failed$note, $((SECONDS - start)) s"
  sort "$sweeps" | sed 's/^/    /' # what its sweeps have covered
}

native_stage() { # native_stage <CPU> [ctest option...]
  build_stage native release release
  test_stage native release "$@"
}

# Of the one build with address and undefined-behaviour sanitizers: it has the programs of tests/fuzz.
sanitized_options=(-DOTTAVA_FUZZ=ON)

sanitizer_stage() { # sanitizer_stage <title> <preset> <CPU> [ctest option...]
  local title=$1 preset=$2
  local -x CC=${CC:-} CXX=${CXX:-} # prepare_preset sets these, for this function alone
  local -x OTTAVA_TEST_SAMPLE=16 # of the cases of the exhaustive sweeps one in so many
  local launcher=() options=() idle
  shift 2
  idle=$(idle_tiers)
  if [[ $preset == tsan ]]; then
    # shellcheck disable=SC2206 # a tier is one word
    options=(${idle//;/ })
    options=("${options[@]^^}")
    options=("${options[@]/%/=OFF}")
    options=("${options[@]/#/-DOTTAVA_TIER_}")
  else
    options=("${sanitized_options[@]}" "-DOTTAVA_UNSANITIZED_TIERS=$idle")
  fi
  prepare_preset "$preset"
  build_stage "$title" "$preset" "$preset" "${options[@]}"
  test_stage "$title" "$preset" "$@"
}

# cross_stages <preset> <architecture> <CPU>:<flag>...: one build, and a run for each CPU, with the flags that it is known
# to have. Each kernel is swept on the first CPU that has its tier: the runs behind it leave out the sweeps of kernels that
# are done, and what no CPU of one architecture computes otherwise; one that has no other tiers than the CPU before it
# runs a few tests alone.
cross_stages() {
  local preset=$1 architecture=$2 run once=() promised=''
  local -x OTTAVA_TEST_SAMPLE=64 OTTAVA_TEST_SWEPT='' # emulation is slow
  shift 2
  prepare_preset "$preset"
  build_stage "$preset" "$preset" "$preset" "${preset_options[@]}"
  for run; do
    # What a CPU without another tier can tell is which ones it finds, and that they compute there.
    [[ $(promised_tiers "$architecture" ${run#*:} | tr '\n' ' ') != "$OTTAVA_TEST_SWEPT" ]] ||
      once=(-R 'tier|machine|^combinations|^conformance: every|^packed')
    QEMU_CPU=${run%:*} test_stage "qemu ${run%:*}" "$preset" "$architecture ${run#*:}" -LE 'native|model' "${once[@]}"
    OTTAVA_TEST_SWEPT=$promised
    once=(-E '^(parameters|errors|CMSIS|threads: (batches|the same bits))')
  done
  test_stage "$preset: instructions per call" "$preset" '' -L model # chooses its CPUs itself
}

# Whether the whole `test` emulates the AVX2 tier. OTTAVA_DEV_EMULATE_X86=1 asks for this on any x86 machine.
wants_emulated_x86() {
  [[ $(uname -m) == x86_64 ]] && { [[ -n ${OTTAVA_DEV_EMULATE_X86:-} ]] || ! grep -qw avx2 /proc/cpuinfo; }
}

emulated_x86_stage() {
  local -x OTTAVA_TEST_SAMPLE=64
  build_stage 'x86 for qemu' x86-qemu release -DCMAKE_CROSSCOMPILING_EMULATOR=qemu-x86_64
  QEMU_CPU=max test_stage 'qemu x86 max' x86-qemu 'x86_64 avx2' -LE native
}

run_stage() { # run_stage <number> <how many> <stage>
  echo "stage $1 of $2: $3"
  case $3 in
    native) native_stage "$(this_cpu)" ;;
    firmware) firmware_stage ;;
    plugins) plugins_stage ;;
    sanitizers) sanitizer_stage sanitizers asan "$(this_cpu)" -LE native ;;
    fuzz) fuzz_stage ;;
    threads) sanitizer_stage threads tsan '' -R '^(threads|fake kernels): ' ;;
    aarch64)
      cross_stages aarch64 arm64 cortex-a53:asimd 'cortex-a76:asimd asimddp' 'max,sve=off:asimd asimddp i8mm' \
        'max:asimd asimddp i8mm'
      ;;
    armv7) cross_stages armv7 arm32 cortex-a15:neon ;;
    rust) rust_stage ;;
    x86-qemu) emulated_x86_stage ;;
  esac
}

summary() { # summary <why other tiers did not run>
  local tier words
  echo
  echo 'Tiers exercised against the oracle:'
  while read -r tier _; do
    words=${exercised[$tier]:-}
    [[ -z ${missed[$tier]:-} ]] || words+="${words:+; }PROMISED AND NOT EXERCISED: ${missed[$tier]}"
    printf '  %-16s %s\n' "$tier" "${words:-not exercised: $1}"
  done <"${tier_list:-/dev/null}"
  echo "$passed passed, $failed failed"
  ((failed == 0))
}

run_tests() {
  local packages stages=() wanted=' ' word count why='this CPU lacks it'
  if [[ ${1:-} == -R ]]; then
    (($# == 2)) || die 'test -R: wants one regular expression'
    [[ -n $2 ]] || die 'test -R: the regular expression is empty'
    why='only tests that match were run'
  else
    for word; do
      [[ $word != --quick ]] || word=native
      [[ $word != -* ]] || die "test: unknown option $word"
      [[ " ${every_stage[*]} " == *" $word "* ]] || die "test: unknown stage $word; there are ${every_stage[*]}"
      [[ $word != x86-qemu || $(uname -m) == x86_64 ]] || die 'test: x86-qemu is a stage of x86-64 machines'
      wanted+="$word "
    done
    for word in "${every_stage[@]}"; do
      [[ $wanted != *" $word "* ]] || stages+=("$word")
    done
  fi
  unset OTTAVA_ISA OTTAVA_TEST_SWEPT # the tests choose tiers themselves
  # shellcheck disable=SC2207
  packages=($(base_packages) catch2 pkg-config libgemmlowp-dev libdnnl-dev libxnnpack-dev abigail-tools doxygen
    "${package_tools[@]}")
  if (($# == 0)); then
    stages=(native firmware plugins sanitizers fuzz threads aarch64 armv7 rust)
  elif [[ ${stages[*]} == native ]]; then
    why='this run is for this machine alone'
  elif ((${#stages[@]} > 0)); then
    why='not asked for, or this CPU lacks it'
  fi
  for word in "${stages[@]}"; do
    # shellcheck disable=SC2207
    case $word in
      firmware) packages+=($(firmware_packages) $(sweep_packages)) ;;
      plugins) packages+=($(plugin_packages)) ;;
      sanitizers) packages+=($(preset_packages asan)) ;;
      threads) packages+=($(preset_packages tsan)) ;;
      fuzz) packages+=($(preset_packages asan)) ;;
      aarch64 | armv7) packages+=($(preset_packages "$word")) ;;
      rust) packages+=($(rust_packages)) ;;
      x86-qemu) packages+=(qemu-user) ;;
    esac
  done
  need "${packages[@]}"
  (($# > 0)) || ! wants_emulated_x86 || stages+=(x86-qemu) # python3, which it may ask, is there now
  open_build
  count=0
  for word in "${stages[@]}"; do
    count=$((count + 1))
    run_stage $count ${#stages[@]} "$word"
  done
  [[ ${1:-} != -R ]] || native_stage '' -R "$2"
  summary "$why"
}
