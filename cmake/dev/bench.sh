# shellcheck shell=bash
# Part of `dev`: the verbs `bench` and `model`.

bench() {
  local options=() plot=() option
  for option; do
    [[ $option != --help && $option != -h ]] || { bench_help && return; }
  done
  if [[ ${1:-} == --opencv ]]; then
    shift
    bench_opencv "$@"
    return
  fi
  if [[ ${1:-} == --bundle ]]; then
    bundle "${2:-}"
    return
  fi
  for option; do
    if [[ $option == --plot ]]; then plot=(python3-matplotlib); else options+=("$option"); fi
  done
  # shellcheck disable=SC2046
  need $(base_packages) libbenchmark-dev "${plot[@]}"
  # One by one: without a peer the others are still compared, and ottava_bench says which one is missing.
  for option in libdnnl-dev libgemmlowp-dev libxnnpack-dev; do
    (need "$option") || echo "dev: going on without $option" >&2
  done
  open_build
  fetch_onnxruntime || echo "dev: going on without onnxruntime" >&2
  quietly "$logs/bench.log" bench_build || die "the build failed"
  if ((${#plot[@]} == 0)); then
    "$build/bench/benchmarks/ottava_bench" "${options[@]}"
    return
  fi
  [[ " ${options[*]}" == *' --shapes='* ]] || options+=('--shapes=squares,networks')
  [[ " ${options[*]}" == *' --threads='* ]] || options+=("--threads=$(seq -s, "$(nproc)")")
  "$build/bench/benchmarks/ottava_bench" "${options[@]}" \
    --benchmark_out="$build/bench/figures.json" --benchmark_out_format=json
  /usr/bin/python3 "$project/benchmarks/plot.py" "$build/bench/figures.json" "$build/bench/plots"
}

# onnxruntime's library, of a package of npm, if it is there.
onnxruntime() {
  local machine=x64 file
  [[ $(uname -m) != aarch64 ]] || machine=arm64
  for file in "$build"/npm/node_modules/onnxruntime-node/bin/*/linux/"$machine"/libonnxruntime.so.1; do
    [[ ! -e $file ]] || echo "$file"
  done
}

fetch_onnxruntime() {
  [[ -z $(onnxruntime) ]] || return 0
  command -v npm >/dev/null || (need npm) || return
  make_folder "$build/npm"
  quietly "$logs/npm.log" npm install --prefix "$build/npm" --ignore-scripts --no-audit --no-fund onnxruntime-node
}

bench_help() { # the text of ottava_bench, without building it
  usage | sed -n 's/^  bench/usage: .\/dev bench/p'
  echo
  sed -n '/^const char\* usage()/,/^}/s/^[^"]*"\(.*\)\\n";\{0,1\}$/\1/p' "$project/benchmarks/options.cpp"
}

bench_build() {
  configure bench release -DOTTAVA_TESTS=OFF -DOTTAVA_EXAMPLES=OFF -DOTTAVA_BENCHMARKS=ON &&
    cmake "$build/bench" "-DOTTAVA_ONNXRUNTIME_LIBRARY=$(onnxruntime)" && # looks again for peers that were missing
    cmake --build "$build/bench" -j "$jobs" --target ottava_bench
}

# bundle aarch64: ottava_bench with all libraries that it needs, down to the C library, for any Linux on AArch64.
bundle() {
  local folder=$build/bundle/ottava-bench-$1
  [[ $1 == aarch64 ]] || die "bench --bundle: there is one for aarch64"
  # shellcheck disable=SC2046
  need $(base_packages) $(preset_packages aarch64)
  open_build
  prepare_preset aarch64
  cross_libraries arm64 libbenchmark1debian libbenchmark-dev >"$logs/sysroot-bundle.log" 2>&1 ||
    die "cannot fetch Google Benchmark for arm64, see $logs/sysroot-bundle.log"
  quietly "$logs/bundle.log" bundle_build || die "the build failed"
  make_folder "$build/bundle"
  rm -rf "$folder" "$folder.tar.gz"
  mkdir -p "$folder/lib" "$folder/networks"
  cp "$project"/benchmarks/networks/*.txt "$folder/networks/"
  cp -r "$project/benchmarks/shapes" "$project/benchmarks/bundle"/* "$folder/"
  cp "$build/bench-aarch64/benchmarks/ottava_bench" "$folder/"
  copy_libraries "$folder/lib" "$folder/ottava_bench"
  aarch64-linux-gnu-strip "$folder/ottava_bench"
  tar -C "$build/bundle" -czf "$folder.tar.gz" "${folder##*/}"
  echo "copy $folder.tar.gz to the board, unpack it, and run ./run.sh in it"
}

bundle_build() {
  configure bench-aarch64 aarch64 "${preset_options[@]}" -DOTTAVA_TESTS=OFF -DOTTAVA_EXAMPLES=OFF \
    -DOTTAVA_BENCHMARKS=ON && cmake --build "$build/bench-aarch64" -j "$jobs" --target ottava_bench
}

# copy_libraries <folder> <file>...: the libraries that the files need, and what those need.
copy_libraries() {
  local folder=$1 file name from
  shift
  for file; do
    while read -r name; do
      [[ ! -e $folder/$name ]] || continue
      for from in "$build/sysroot/arm64/usr/lib/aarch64-linux-gnu" /usr/aarch64-linux-gnu/lib /lib/aarch64-linux-gnu; do
        [[ -e $folder/$name || ! -e $from/$name ]] || cp -L "$from/$name" "$folder/"
      done
      [[ -e $folder/$name ]] || die "cannot find $name, which ${file##*/} needs"
      copy_libraries "$folder" "$folder/$name"
    done < <(aarch64-linux-gnu-objdump -p "$file" | awk '$1 == "NEEDED" { print $2 }')
  done
}

model() {
  local verb=tables preset builds=()
  case ${1:-} in
    '') ;;
    --write | --where) verb=${1#--} ;;
    *) die "model: unknown option $1" ;;
  esac
  # shellcheck disable=SC2046
  need $(base_packages) $(preset_packages aarch64) $(preset_packages armv7) llvm-19
  open_build
  for preset in aarch64 armv7; do
    prepare_preset $preset
    quietly "$logs/model-$preset.log" model_build $preset || die "the build failed"
    builds+=("$build/$preset/model")
  done
  /usr/bin/python3 "$project/benchmarks/model/model.py" "$verb" "${builds[@]}"
}

model_build() {
  configure "$1" "$1" "${preset_options[@]}" && cmake --build "$build/$1" -j "$jobs" --target model
}
