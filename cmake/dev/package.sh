# shellcheck shell=bash
# Part of `dev`: the Debian packages.

package_tools=(dpkg-dev lintian) # what making and checking them wants

package() {
  # shellcheck disable=SC2046 # package names, one word each
  need $(base_packages) "${package_tools[@]}"
  open_build
  echo 'building the library as Debian installs it'
  quietly "$logs/package.log" compile package release -DOTTAVA_TESTS=OFF -DOTTAVA_WERROR=OFF -DCMAKE_INSTALL_PREFIX=/usr ||
    die 'the build failed'
  rm -f "$build"/package/*.deb
  quietly "$logs/cpack.log" cpack --config "$build/package/CPackConfig.cmake" -B "$build/package" || die 'cpack failed'
  lintian --allow-root --fail-on error "$build"/package/*.deb || die 'lintian finds errors'
  printf '%s\n' "$build"/package/*.deb
}
