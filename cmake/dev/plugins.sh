# shellcheck shell=bash
# Part of `dev`: the stage `plugins` of `test`, and `bench --opencv`. The plugins are built as their users build them,
# by themselves against an installed ottava.

plugin_packages() { echo libopencv-dev python3-opencv python3-onnx; }

# install_ottava <folder> <preset> [CMake option...]: ottava in that folder, and an installation of it.
install_ottava() {
  configure "$@" && cmake --build "$build/$1" -j "$jobs" --target ottava_static ottava_shared || return
  make_folder "$build/plugins"
  rm -rf "$build/plugins/prefix"
  cmake --install "$build/$1" --prefix "$build/plugins/prefix" --component development &&
    cmake --install "$build/$1" --prefix "$build/plugins/prefix" --component library
}

build_plugin() { # build_plugin <folder> <flags for the compiler>
  cmake -S "$project/plugins/opencv" -B "$build/plugins/$1" -G Ninja -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_PREFIX_PATH="$build/plugins/prefix" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Werror $2" &&
    cmake --build "$build/plugins/$1" -j "$jobs"
}

# plugin_python <folder> <script> [argument...]: by Debian's Python, which has the packages.
plugin_python() {
  local folder=$1 script=$2
  shift 2
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$project/plugins/opencv/$script" \
    "$build/plugins/$folder/libottava_opencv.so" "$@"
}

test_plugin() {
  install_ottava release release && build_plugin opencv '-O3 -DNDEBUG' && plugin_python opencv test_plugin.py
}

# The same under the sanitizers. Python and OpenCV leak, so leaks do not decide how the program exits; what the plugin
# allocates must not be among them: no frame of its namespace or file. That there are some shows that they were looked
# for.
test_sanitized_plugin() {
  local report
  build_plugin opencv-asan '-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize=vptr' || return
  report=$(LD_PRELOAD="$1 ${1/libasan/libubsan}" ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=exitcode=0 \
    plugin_python opencv-asan test_plugin.py 2>&1) || { echo "$report" && return 1; }
  echo "$report"
  [[ $report == *$'\nall agree'* && $report == *LeakSanitizer* ]] &&
    [[ $report != *'ERROR: AddressSanitizer'* && $report != *ottava_opencv* ]]
}

plugin_line() { # plugin_line <title> <log> <command...>: a line of the summary
  local title=$1 log=$2 start=$SECONDS
  shift 2
  if quietly "$log" "$@"; then
    passed=$((passed + 1))
    line "$title" "ok, $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    line "$title" "FAILED, $((SECONDS - start)) s"
  fi
}

plugins_stage() {
  local runtime
  runtime=$("${CXX:-g++}" -print-file-name=libasan.so)
  plugin_line 'plugins: OpenCV' "$logs/plugins.log" test_plugin
  [[ $runtime != /* ]] || # another compiler than GNU's
    plugin_line 'plugins: OpenCV, sanitized' "$logs/plugins-asan.log" test_sanitized_plugin "$runtime"
}

bench_opencv() {
  # shellcheck disable=SC2046 # package names, one word each
  need $(base_packages) $(plugin_packages)
  open_build
  quietly "$logs/plugins-build.log" bench_opencv_build || die "the build failed"
  plugin_python opencv bench.py "$@"
}

bench_opencv_build() {
  install_ottava bench-opencv release -DOTTAVA_TESTS=OFF -DOTTAVA_EXAMPLES=OFF && build_plugin opencv '-O3 -DNDEBUG'
}
