# shellcheck shell=bash
# Part of `dev`: the stage `plugins` of `test`, and `bench --opencv`. The plugins are built as their users build them,
# by themselves against an installed ottava.

plugin_packages() { echo libopencv-dev python3-opencv python3-onnx; }

# build_plugins <folder> <preset> [CMake option...]: ottava in that folder, an installation of it, the plugins.
build_plugins() {
  local prefix=$build/plugins/prefix folder=$build/plugins/opencv
  configure "$@" && cmake --build "$build/$1" -j "$jobs" --target ottava_static ottava_shared || return
  make_folder "$build/plugins"
  rm -rf "$prefix"
  cmake --install "$build/$1" --prefix "$prefix" || return
  cmake -S "$project/plugins/opencv" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_CXX_FLAGS='-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Werror' &&
    cmake --build "$folder" -j "$jobs"
}

# plugin_python <script> [argument...]: Debian's Python, which has the packages.
plugin_python() {
  local script=$1
  shift
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$project/plugins/opencv/$script" \
    "$build/plugins/opencv/libottava_opencv.so" "$@"
}

plugins_stage() { # plugins_stage <CMake option of the native build...>
  local start=$SECONDS verdict=ok
  if quietly "$logs/plugins-build.log" build_plugins release release "$@" &&
    quietly "$logs/plugins.log" plugin_python test_plugin.py; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    verdict=FAILED
  fi
  line 'plugins: OpenCV' "$verdict, $((SECONDS - start)) s"
}

bench_opencv() {
  # shellcheck disable=SC2046 # package names, one word each
  need $(base_packages) $(plugin_packages)
  open_build
  quietly "$logs/plugins-build.log" build_plugins bench-opencv release -DOTTAVA_TESTS=OFF -DOTTAVA_EXAMPLES=OFF ||
    die "the build failed"
  plugin_python bench.py "$@"
}
