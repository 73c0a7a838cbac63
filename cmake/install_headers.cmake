# Installs the public headers (public_headers.txt) and every header that they include, below a folder of their own:
# `#include "engine/policy.h"` is the same line inside evenkeel and outside. At installation rather than at
# configuration, since includes change often. In: SOURCE, DESTINATION relative to CMAKE_INSTALL_PREFIX.
file(STRINGS ${SOURCE}/cmake/public_headers.txt waiting REGEX "^[^#]")
set(headers)
while(waiting)
  list(POP_FRONT waiting header)
  list(APPEND headers ${header})
  file(STRINGS ${SOURCE}/${header} includes REGEX "^#include \"")
  list(TRANSFORM includes REPLACE "^#include \"([^\"]+)\".*" "\\1")
  list(APPEND waiting ${includes})
  list(REMOVE_DUPLICATES waiting)
  list(REMOVE_ITEM waiting ${headers})
endwhile()
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  file(INSTALL ${SOURCE}/${header} DESTINATION ${CMAKE_INSTALL_PREFIX}/${DESTINATION}/${folder})
endforeach()
