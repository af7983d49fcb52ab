# shellcheck shell=bash
# Part of `dev`: folders, presets, compilers and libraries of other architectures.

make_folder() { # `clean` removes the folders with this mark
  mkdir -p "$1"
  touch "$1/.made-by-dev"
}

# Takes $build for this process: two runs in the same folders would break each other's programs.
open_build() {
  make_folder "$logs"
  exec {lock}>"$logs/lock"
  flock -n "$lock" && return
  echo "dev: waiting for another run in $build" >&2
  flock "$lock"
}

# configure <folder> <preset> [CMake option...]: unless already configured so.
configure() {
  local folder=$build/$1 preset=$2 recipe
  shift 2
  # CMake would keep the compilers of the first configuration, so another recipe starts from an empty cache.
  recipe="${CC:-} ${CXX:-} $preset $* $(cksum <"$project/CMakePresets.json")"
  if [[ -e $folder/build.ninja && -e $folder/.recipe && $(<"$folder/.recipe") == "$recipe" ]]; then
    return 0
  fi
  make_folder "$folder"
  rm -rf "$folder/CMakeCache.txt" "$folder"/CMakeFiles/[0-9]*/ "$folder/.recipe" # object files are ninja's to judge
  (cd "$project" && cmake --preset "$preset" -B "$folder" "$@") || return
  echo "$recipe" >"$folder/.recipe"
}

# Runs a command with its output in a log, which is shown if the command fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 && return
  { echo && grep -vE '^\[[0-9]+/[0-9]+\] ' "$log"; } || true
  return 1
}

compile() { # compile <folder> <preset> [CMake option...]
  configure "$@" && "${launcher[@]}" cmake --build "$build/$1" -j "$jobs"
}
launcher=()

# cross_libraries <Debian architecture> <package>...: the target's libraries in $build/sysroot/<architecture>. Their
# packages cannot be installed beside the native ones, so apt fetches them with lists of its own; the system's stay as
# they are.
cross_libraries() {
  local architecture=$1 folder=$build/sysroot/$1 state=$build/sysroot/$1.apt sources=/etc/apt/sources.list
  local package deb missing=() apt_options
  shift
  for package; do
    [[ -e $folder/.complete/$package ]] || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  make_folder "$build/sysroot"
  [[ ! -f $folder/.complete ]] || rm -rf "$folder"
  mkdir -p "$folder/.complete" "$state/lists/partial" "$state/archives/partial" "$state/debs"
  [[ ! -e $sources.d/debian.sources ]] || sources=$sources.d/debian.sources
  apt_options=(-q -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o "Dir::State=$state"
    -o Dir::State::status=/dev/null -o "Dir::Cache=$state" -o "Dir::Etc::sourcelist=$sources"
    -o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none)
  apt-get "${apt_options[@]}" update || true # some sources may fail; the download tells whether enough is there
  (cd "$state/debs" && apt-get "${apt_options[@]}" download "${missing[@]}") || return
  for deb in "$state/debs"/*.deb; do
    dpkg -x "$deb" "$folder" || return
  done
  rm -rf "$state"
  (cd "$folder/.complete" && touch "${missing[@]}")
}

# Sets preset_options to what CMake is told beyond the preset, and the compilers of the sanitizers.
prepare_preset() {
  local architecture symbolizer
  preset_options=()
  case $1 in
    asan | ubsan | tsan)
      [[ ${CXX:-} == *clang* ]] || export CC=clang CXX=clang++
      # Older sanitizers do not start where the kernel spreads addresses widely.
      ! setarch "$(uname -m)" -R true 2>/dev/null || launcher=(setarch "$(uname -m)" -R)
      # Traces with names and lines, without another package; one race would be reported for every byte of it.
      symbolizer=external_symbolizer_path=$(command -v llvm-symbolizer || command -v addr2line)
      export ASAN_OPTIONS=$symbolizer UBSAN_OPTIONS=print_stacktrace=1,$symbolizer
      export TSAN_OPTIONS=halt_on_error=1,$symbolizer
      ;;
    aarch64 | armv7)
      architecture=arm64
      [[ $1 != armv7 ]] || architecture=armhf
      preset_options=(-DOTTAVA_SYSROOT_DIR="$build/sysroot/$architecture")
      if ! cross_libraries $architecture catch2 libcpuinfo0 libcpuinfo-dev libpthreadpool0 libpthreadpool-dev \
        >"$logs/sysroot-$architecture.log" 2>&1; then
        echo "cannot fetch libcpuinfo and libpthreadpool for $architecture: building without (logs/sysroot-$architecture.log)"
        preset_options+=(-DOTTAVA_CPUINFO=OFF -DOTTAVA_PTHREADPOOL=OFF)
        mkdir -p "$build/sysroot/$architecture/usr/include"
        cp -r /usr/include/catch2 "$build/sysroot/$architecture/usr/include/" # headers alone serve any target
      fi
      ;;
  esac
}
