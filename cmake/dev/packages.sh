# shellcheck shell=bash
# Part of `dev`: installs the Debian packages that a verb needs.

base_packages() {
  [[ -n ${CC:-} && -n ${CXX:-} ]] || echo g++
  echo cmake ninja-build libcpuinfo-dev libpthreadpool-dev libcli11-dev
}

# What a preset needs beyond the base.
preset_packages() {
  echo catch2
  case $1 in
    asan | ubsan | tsan) echo clang libclang-rt-dev ;;
    aarch64) # on AArch64 this compiler is the one of g++
      echo qemu-user python3 gcc
      [[ $(uname -m) == aarch64 ]] || echo g++-aarch64-linux-gnu
      ;;
    armv7) echo qemu-user python3 gcc g++-arm-linux-gnueabihf ;;
  esac
}

apt() {
  local as_root=()
  if ((EUID != 0)); then
    as_root=(sudo)
    [[ -t 0 ]] || as_root=(sudo -n) # nobody there to type a password
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

need() { # need <package>...: installs those that are missing
  local missing=() package installed log
  if ! command -v dpkg-query >/dev/null; then
    echo "dev: not a Debian system; wants what these Debian packages hold: $*" >&2
    return
  fi
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package; do
    [[ " ${missing[*]} " == *" $package "* ]] || grep -qxF "installed $package" <<<"$installed" ||
      missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "missing Debian packages: ${missing[*]}; without root or sudo, have them installed: apt-get install ${missing[*]}"
  echo "installing ${missing[*]}"
  make_folder "$logs"
  log=$logs/apt.log
  # The lists may be absent or too old. An update fails as soon as one of many sources does, so go by the installation.
  apt install --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
    { apt update && false; } >>"$log" 2>&1 ||
    apt install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
    { grep -E '^(E|Err):' "$log" >&2 || true
      die "missing Debian packages: ${missing[*]}; apt-get could not install them, see $log"; }
}
