# What Doxygen reads instead of a public header: the header, its comments turned into Doxygen's form. So the headers keep
# plain comments that read well in an editor.
#   - the first comment of a file describes the file, that of ottava.h is the main page too
#   - a comment above a declaration and one behind it (also over several lines) belong to it
#   - a comment between rules of dashes is the title of a group, which the next such comment ends
#   - a comment that nothing follows belongs to the file
#   - indented lines keep their shape; "Errors" at the beginning of a line is the title of a paragraph
{ line[NR] = $0 }

END {
  for (i = 1; i <= NR; i++) {
    if (line[i] ~ /^\/\* clang-format/ || line[i + 1] ~ /^\/\* clang-format/) print line[i] # and the reason for it
    else if (line[i] ~ /^\/\* ----/) {
      title = text_of(line[i + 1])
      gsub(/`/, "", title)
      print close_group() "/** @name " escaped(title) "\n * @{ */"
      group = 1
      i += 2
    }
    else if (line[i] ~ /^\/\*/) i = block(i, "*/")
    else if (line[i] ~ /^ *\/\/ /) i = block(i, "")
    else if (line[i] ~ /^OTTAVA_API/) { without_comment(i); print line[i] }
    else if (line[i] ~ /^#(endif|ifdef __cplusplus)/) print (only_the_end(i) ? close_group() : "") line[i]
    else if (line[i] ~ /^#include "/) print "" # each header is read by itself; theirs include each other
    else if (line[i] ~ /[^ ].*\/\* /) i = trailing(i)
    else print line[i]
  }
}

# The end of a group, where one is open.
function close_group(  was) { was = group; group = 0; return was ? "/** @} */\n" : "" }

# Whether no declaration follows.
function only_the_end(i) {
  for (; i <= NR; i++) if (line[i] ~ /;$|^#define|^\/\*/) return 0
  return 1
}

# What describes a function that has no comment of its own: it sets defaults, or shares the comment of its neighbour above.
function without_comment(i) {
  if (line[i - 1] ~ /\*\/$/) return
  if (line[i] ~ /_init\(/) print "/** Fills in the defaults, as ottava_error_init does. */"
  else if (line[i - 1] != "") print "/** " shared "*/"
}

# A comment on lines of its own from line i on, to its end or, if that is empty, as long as lines begin with //. Returns
# its last line.
function block(i, end,    n, last, text, place) {
  last = i
  if (end == "") while (line[last + 1] ~ /^ *\/\//) last++
  else while (index(line[last], end) == 0) last++
  n = 0
  for (; i <= last; i++) text[++n] = text_of(line[i])
  place = ""
  if (!described) { place = "@file\n"; described = 1 }
  else if (line[last + 1] ~ /^$|^\/\*/) place = "@file\n"
  # The comments of the beginning of ottava.h are the first page of the reference.
  if (place != "" && !main_page && text[1] ~ /^ottava: quantized/) {
    print "/** @mainpage ottava\n" body(text, n) "*/"
    main_page = 1
    n = 1
  }
  shared = body(text, n)
  print "/** " place shared "*/"
  return last
}

# A comment behind a declaration, which may go on in lines below. Returns its last line.
function trailing(i,    at, out) {
  at = index(line[i], "/* ")
  out = substr(line[i], 1, at - 1) "/**< "
  line[i] = substr(line[i], at)
  while (index(line[i], "*/") == 0) out = out escaped(text_of(line[i++])) " "
  print out escaped(text_of(line[i])) " */"
  return i
}

# A line of a comment without the marks of the comment.
function text_of(s) {
  sub(/ *\*\/$/, "", s)
  if (!sub(/^\/\* ?/, "", s) && !sub(/^ \* ?/, "", s) && !sub(/^ \*$/, "", s)) { sub(/^ *\/\/ ?/, "", s) || sub(/^ +/, "", s) }
  return s
}

function body(text, n,    i, out, shaped, item) {
  out = ""
  shaped = item = 0
  for (i = 1; i <= n; i++) {
    if (text[i] ~ /^- /) item = 1
    else if (text[i] !~ /^  [^ ]/) item = 0
    if (!item && text[i] ~ /^ /) { if (!shaped) out = out "<pre>\n"; shaped = 1 }
    else if (shaped && text[i] !~ /^$/) { sub(/\n+$/, "\n</pre>\n", out); shaped = 0 }
    if (text[i] ~ /^SPDX-/) continue
    if (sub(/^Errors[:,]/, "", text[i])) out = out "@par Errors\n"
    out = out escaped(text[i]) "\n"
  }
  return out (shaped ? "</pre>\n" : "")
}

# What Doxygen would take as its own. Words in backquotes become code.
function escaped(s) {
  gsub(/\\/, "\\\\\\\\", s)
  gsub(/&/, "\\&amp;", s)
  gsub(/</, "\\&lt;", s)
  gsub(/>/, "\\&gt;", s)
  gsub(/[@#%]/, "\\\\&", s)
  while (match(s, /`[^`]+`/)) s = substr(s, 1, RSTART - 1) "<code>" substr(s, RSTART + 1, RLENGTH - 2) "</code>" substr(s, RSTART + RLENGTH)
  return s
}
