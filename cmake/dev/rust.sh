# shellcheck shell=bash
# Part of `dev`: the stage `rust` of `test`, the crates of capi/rust with the libraries that other stages have built.

rust_packages() {
  echo cargo rustc rust-clippy rustfmt pkg-config
  preset_packages asan
  [[ $(uname -m) == aarch64 ]] || preset_packages aarch64
}

rust_format() { # rust_format [--check]
  (cd "$project" && find capi/rust -name '*.rs' -exec rustfmt --edition 2021 "$@" {} +)
}

# rust_library <preset>: up to date, whether its stage has run or not.
rust_library() {
  [[ -e $build/$1/build.ninja ]] || configure "$1" "$1" "${preset_options[@]}" || return
  cmake --build "$build/$1" -j "$jobs" --target ottava_static ottava_shared
}

# rust_step <title> <command>...: in the workspace. The tests that the command reports are counted, or else the step.
rust_step() {
  local title="rust: $1" log=$logs/rust-${1// /-}.log start=$SECONDS good
  shift
  if (cd "$project/capi/rust" && quietly "$log" "$@"); then
    good=$(awk '/^test result: ok/ { sum += $4 } END { print sum }' "$log")
    passed=$((passed + ${good:-1}))
    line "$title" "ok${good:+, $good passed}, $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    line "$title" "FAILED, $((SECONDS - start)) s"
  fi
}

rust_tests() { # rust_tests [cargo option...]: the tests, and the examples, which check what they compute
  local example
  "${launcher[@]}" cargo test --offline --locked "$@" || return
  for example in matmul conv2d threads; do
    "${launcher[@]}" cargo run --offline --locked -p ottava --example $example "$@" || return
  done
}

# The address sanitizer stands by, which finds what is not released; not for documentation tests, which it does not know.
rust_native() {
  prepare_preset asan
  export RUSTFLAGS="-C linker=${CC:-clang} -C link-arg=-fsanitize=address"
  rust_tests
}

# What the library is linked from when it is installed: by pkg-config, shared.
rust_installed() {
  local prefix=$build/rust/prefix component
  for component in library development; do
    cmake --install "$build/release" --prefix "$prefix" --component $component || return
  done
  OTTAVA_LIB_DIR='' OTTAVA_LINK=shared PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib \
    CARGO_TARGET_DIR=$build/rust/installed cargo test --offline --locked -p ottava-sys --tests
}

# For AArch64 by Debian's cross compiler, with Rust's standard library of Debian for arm64, emulated. Documentation tests
# run natively alone: cargo knows no emulator for them.
rust_aarch64() {
  local sysroot=$build/sysroot/arm64/usr cross=CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU
  local libraries=$sysroot/lib/aarch64-linux-gnu
  prepare_preset aarch64
  cross_libraries arm64 libstd-rust-dev && rust_library aarch64 || return
  export CC=aarch64-linux-gnu-gcc QEMU_CPU=max OTTAVA_LIB_DIR=$build/aarch64
  export "${cross}_LINKER=$CC" "${cross}_RUNNER=qemu-aarch64 -L /usr/aarch64-linux-gnu"
  export "${cross}_RUSTFLAGS=--sysroot $sysroot -L native=$libraries -C link-arg=-Wl,-rpath,$libraries"
  rust_tests --target aarch64-unknown-linux-gnu
}

rust_stage() {
  local -x PATH=/usr/bin:$PATH # Debian's tools, before any others
  local -x CARGO_HOME=$build/rust/home CARGO_TARGET_DIR=$build/rust/target CARGO_PROFILE_DEV_DEBUG=0
  local -x OTTAVA_LIB_DIR=$build/release
  local preset_options=() launcher=()
  make_folder "$build/rust"
  rust_step library rust_library release
  rust_step format rust_format --check
  rust_step native rust_native
  rust_step clippy cargo clippy --offline --locked --all-targets -- -D warnings
  rust_step installed rust_installed
  [[ $(uname -m) == aarch64 ]] || rust_step aarch64 rust_aarch64
}
