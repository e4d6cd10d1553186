# Writes OUTPUT, C++ that defines the text of PAGE, an HTML file, with each line `<!-- include: FILE -->` replaced by the file:
#   cmake -DPAGE=... -DOUTPUT=... -P EmbedPage.cmake
# So scripts and styles are files of their own in the tree, and the page that a program writes needs none beside it.
cmake_minimum_required(VERSION 3.25)
get_filename_component(folder "${PAGE}" DIRECTORY)
file(READ "${PAGE}" text)
string(REGEX MATCHALL "<!-- include: [A-Za-z.]+ -->" includes "${text}")
foreach(include ${includes})
  string(REGEX REPLACE "<!-- include: ([A-Za-z.]+) -->" "\\1" file "${include}")
  file(READ "${folder}/${file}" content)
  string(REPLACE "${include}" "${content}" text "${text}")
endforeach()
file(WRITE "${OUTPUT}" "namespace wage::rt {\nextern const char reportPage[];\nconst char reportPage[] = R\"~~(${text})~~\";\n}\n")
