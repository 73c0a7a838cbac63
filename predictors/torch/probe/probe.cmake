# Sets EVENKEEL_TORCH_WORKS. LibTorch's configuration stops whoever includes it when something that it was built with is
# not there (CUDA, for example), so that another CMake is asked first. Asked again after `cmake -U EVENKEEL_TORCH_WORKS`.
if(DEFINED EVENKEEL_TORCH_WORKS)
  return()
endif()
set(probe ${PROJECT_BINARY_DIR}/torch-probe)
string(REPLACE ";" "\\;" prefix_path "${CMAKE_PREFIX_PATH}")  # a list in one argument
set(arguments "-DCMAKE_PREFIX_PATH=${prefix_path}")
if(Torch_DIR)
  list(APPEND arguments "-DTorch_DIR=${Torch_DIR}")
endif()
execute_process(
  COMMAND ${CMAKE_COMMAND} -G ${CMAKE_GENERATOR} -S ${CMAKE_CURRENT_LIST_DIR} -B ${probe}
          -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} ${arguments}
  RESULT_VARIABLE failed OUTPUT_FILE ${PROJECT_BINARY_DIR}/torch-probe.log ERROR_FILE ${PROJECT_BINARY_DIR}/torch-probe.log)
if(failed)
  set(works OFF)
  message(STATUS "No networks: LibTorch is not there or its configuration fails (${PROJECT_BINARY_DIR}/torch-probe.log). "
                 "-DEVENKEEL_WITH_TORCH=OFF does not look for it, -DEVENKEEL_WITH_TORCH=ON insists on it.")
else()
  set(works ON)
endif()
set(EVENKEEL_TORCH_WORKS ${works} CACHE INTERNAL "LibTorch's configuration succeeds")
