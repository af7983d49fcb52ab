# shellcheck shell=bash
# Part of `dev`: the reference of the public headers as HTML.

docs() {
  need doxygen
  make_folder "$build/docs"
  (cd "$project" && OTTAVA_VERSION=$(sed -n 's/^project(ottava VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt) \
    OTTAVA_DOCS=$build/docs doxygen cmake/doxygen/Doxyfile) || die 'Doxygen warns'
  echo "$build/docs/index.html"
}
