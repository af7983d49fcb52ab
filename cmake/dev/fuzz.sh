# shellcheck shell=bash
# Part of `dev`: the verb `fuzz`, and the stage of `test` that fuzzes for half a minute.

fuzz_programs=(layers matmul packed tuning)

# The programs are part of the build with sanitizers, whose library is instrumented for them too.
build_fuzz() {
  prepare_preset asan
  quietly "$logs/fuzz-build.log" configure asan asan "${sanitized_options[@]}" "-DOTTAVA_UNSANITIZED_TIERS=$(idle_tiers)" &&
    quietly "$logs/fuzz-build.log" cmake --build "$build/asan" -j "$jobs" --target "${fuzz_programs[@]/#/fuzz_}"
}

# fuzz_program <program> <seconds>: begins with its seeds and with what earlier runs found worth keeping. An input that
# fails stays in a file, which the program takes as its argument.
fuzz_program() {
  local folder=$build/fuzz
  make_folder "$folder"
  mkdir -p "$folder/corpus/$1" "$folder/faults"
  "${launcher[@]}" "$build/asan/tests/fuzz/fuzz_$1" -max_total_time="$2" -max_len=512 -len_control=0 -timeout=60 \
    -print_final_stats=1 -artifact_prefix="$folder/faults/$1-" "$folder/corpus/$1" "$project/tests/fuzz/seeds/$1"
}

# fuzz_for <seconds>: all programs at the same time. One line of what each has done; of a fault, all that there is to say.
# Both are counted.
fuzz_for() {
  local program log
  local -A running=()
  for program in "${fuzz_programs[@]}"; do
    fuzz_program "$program" "$1" >"$logs/fuzz-$program.log" 2>&1 &
    running[$program]=$!
  done
  for program in "${fuzz_programs[@]}"; do
    log=$logs/fuzz-$program.log
    if wait "${running[$program]}"; then
      passed=$((passed + 1))
      line "fuzz $program" "ok, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, $1 s"
    else
      failed=$((failed + 1))
      grep -vE '^#[0-9]+\s' "$log" || true
      line "fuzz $program" "FAILED"
    fi
  done
}

fuzz_stage() {
  local -x CC=${CC:-} CXX=${CXX:-} # build_fuzz sets these, for this function alone
  local launcher=()
  if build_fuzz; then
    fuzz_for 30 # on two cores a minute of their time
  else
    failed=$((failed + 1))
    line 'fuzz: build' FAILED
  fi
}

fuzz() {
  local seconds=${1:-600}
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz: $seconds is no number of seconds"
  # shellcheck disable=SC2046 # package names, one word each
  need $(base_packages) $(preset_packages asan)
  open_build
  echo 'building the programs of tests/fuzz'
  build_fuzz || die 'the build failed'
  fuzz_for "$seconds"
  ((failed == 0))
}
