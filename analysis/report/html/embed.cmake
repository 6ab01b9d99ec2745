# Makes page_files.cpp of the files of a page: cmake -DOUTPUT=… -DFOLDER=… -DSCRIPTS=a.js,b.js -P embed.cmake
#
# A raw string of C++ may not hold its own end, and compilers need not take one of more than 65,536 bytes: so a file is
# several strings that the compiler puts together.
function(literal out)
  string(LENGTH "${ARGV1}" length)
  set(text "")
  set(begin 0)
  while(begin LESS length)
    string(SUBSTRING "${ARGV1}" ${begin} 8000 part)
    string(APPEND text "R\"page(${part})page\"\n")
    math(EXPR begin "${begin} + 8000")
  endwhile()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(read out)
  file(READ "${FOLDER}/${ARGV1}" text)
  # A bracket or a semicolon means something in lists, and these are texts.
  if(text MATCHES "\\)page\"")
    message(FATAL_ERROR "${ARGV1} holds the end of a raw string")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

read(skeleton page.html)
read(style page.css)
set(script "(() => {\n'use strict';\n")
string(REPLACE "," ";" names "${SCRIPTS}")
foreach(name IN LISTS names)
  read(one ${name})
  string(APPEND script "${one}")
endforeach()
string(APPEND script "})();\n")
foreach(part skeleton style script)
  literal(${part} "${${part}}")
endforeach()
file(WRITE "${OUTPUT}" "#include \"analysis/report/html/page_files.hpp\"\n
namespace dmstall::analysis {\n
PageFiles page_files() {
  PageFiles files;
  files.skeleton = ${skeleton};
  files.style = ${style};
  files.script = ${script};
  return files;
}\n
}  // namespace dmstall::analysis\n")
